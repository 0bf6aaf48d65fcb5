import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type RunningGateway, startGateway } from "../testing/start.js";

describe("operations over several subgraphs", () => {
  let running: RunningGateway;
  let token: string;

  beforeEach(async () => {
    running = await startGateway({ limits: { operationMilliseconds: 400 } });
    ({ token } = await running.identity.issue(["price:read", "vm:read"]));
  });

  afterEach(async () => {
    running.graph.release();
    await running.gateway.stop();
  });

  it("joins the fields of an entity from its owner and from billing", async () => {
    const { data, errors } = await running.ask("{ vms { id name hourlyCost { formatted } } }", { token });
    expect(errors).toEqual([]);
    expect(data).toEqual({
      vms: [
        { id: "1", name: "vm-1", hourlyCost: { formatted: "R 1.00" } },
        { id: "2", name: "vm-2", hourlyCost: { formatted: "R 2.00" } },
      ],
    });
  });

  it("does the root fields of a mutation in their order, across subgraphs", async () => {
    const { data } = await running.ask(
      `mutation { a: note(step: "a") b: charge(step: "b") c: measure(step: "c") d: charge(step: "d") e: note(step: "e") }`,
    );
    expect(running.graph.steps).toEqual(["a", "b", "c", "d", "e"]);
    expect(data).toMatchObject({ a: ["a"], e: ["a", "b", "c", "d", "e"] });
  });

  it("hands a later fetch the tenancy version that a mutation before it answered", async () => {
    const { claims: _claims, token: own } = await running.identity.issue(["vm:read"]);
    await running.ask("mutation { move }", { token: own });
    expect((await running.ask("{ tree }", { token: own })).data).toEqual({ tree: "42" });
    expect((await running.ask("{ tree }", { token })).data).toEqual({ tree: null });
  });

  it("costs only its own fields when a subgraph throws", async () => {
    running.graph.billing.execute = async () => {
      throw new Error("connect ECONNREFUSED 10.0.0.9:5432");
    };
    const { status, data, errors } = await running.ask("{ weather prices vms { id hourlyCost { formatted } } }", {
      token,
    });
    expect(status).toBe(200);
    expect(data).toEqual({
      weather: "dry",
      prices: null,
      vms: [
        { id: "1", hourlyCost: null },
        { id: "2", hourlyCost: null },
      ],
    });
    expect(errors).toEqual([
      {
        message: "billing is unavailable",
        path: ["prices"],
        extensions: { code: "UNAVAILABLE", serviceName: "billing" },
      },
      { message: "billing is unavailable", path: ["vms"], extensions: { code: "UNAVAILABLE", serviceName: "billing" } },
    ]);
    expect(running.log.some((line) => line.msg === "subgraph failed" && line.service === "billing")).toBe(true);
  });

  it("keeps the code, path and fields of an expected error and names the subgraph", async () => {
    const { errors } = await running.ask(`{ odd: refused(code: "INVALID_INPUT") }`);
    expect(errors).toEqual([
      {
        message: "Not like this",
        path: ["odd"],
        extensions: { code: "INVALID_INPUT", fields: ["id"], serviceName: "telemetry" },
      },
    ]);
  });

  it("hides an unexpected error behind INTERNAL and a request id under which it is logged", async () => {
    const { body, errors, headers } = await running.ask("{ broken weather }");
    const requestId = headers.get("x-request-id");
    expect(errors).toEqual([
      {
        message: "Something went wrong",
        path: ["broken"],
        extensions: { code: "INTERNAL", serviceName: "telemetry", requestId },
      },
    ]);
    expect(body.data).toEqual({ broken: null, weather: "dry" });
    expect(JSON.stringify(body)).not.toContain("secret_table");
    const logged = running.log.find((line) => line.requestId === requestId && line.err);
    expect(JSON.stringify(logged)).toContain("secret_table");
  });

  it("gives up on a subgraph when the operation's time is over, and tells it", async () => {
    const answering = running.ask("{ slow serverTime }");
    const signal = await running.graph.slowAsked;
    const { data, errors } = await answering;
    expect(data).toEqual({ slow: null, serverTime: "noon" });
    expect(errors).toMatchObject([{ path: ["slow"], extensions: { code: "UNAVAILABLE" } }]);
    expect(signal?.aborted).toBe(true);
  });

  it("gives up on a query when its client has gone", async () => {
    const leaving = new AbortController();
    const answering = running.ask("{ slow }", { signal: leaving.signal }).catch(() => "gone");
    const signal = await running.graph.slowAsked;
    const aborted = new Promise((resolve) => signal?.addEventListener("abort", resolve));
    leaving.abort();
    await aborted;
    expect(await answering).toBe("gone");
  });

  describe("asked to explain an operation", () => {
    const query = "{ vms(first: 7) { id hourlyCost { formatted } } }";
    const extensions = { explain: true };

    it("tells its cost, and its plan to those who may see it", async () => {
      const answer = await running.ask(query, { token, extensions });
      expect(answer.body.extensions).toEqual({
        cost: { estimated: 14, allowed: 20_000 },
        plan: expect.stringMatching(/Fetch\(service: "telemetry"\)[\s\S]*Fetch\(service: "billing"\)/),
      });
      const closed = await startGateway({ mayExplore: () => false });
      const { token: theirs } = await closed.identity.issue(["price:read", "vm:read"]);
      const { body } = await closed.ask(query, { token: theirs, extensions });
      expect(body.extensions).toEqual({ cost: { estimated: 14, allowed: 20_000 } });
      await closed.gateway.stop();
    });

    it("says nothing of it to who does not ask", async () => {
      const { body } = await running.ask(query, { token });
      expect(body).not.toHaveProperty("extensions");
    });
  });

  it("answers introspection itself", async () => {
    const { data } = await running.ask(`{ __type(name: "Money") { kind fields { name } } }`);
    expect(data).toEqual({ __type: { kind: "OBJECT", fields: [{ name: "formatted" }] } });
    expect(running.graph.telemetry.requests).toEqual([]);
  });

  it("refuses variables of the wrong type before anything is fetched", async () => {
    const { errors } = await running.ask("query ($n: Int) { vms(first: $n) { id } }", {
      token,
      variables: { n: "two" },
    });
    expect(errors).toMatchObject([{ extensions: { code: "INVALID_INPUT" } }]);
    expect(running.graph.telemetry.requests).toEqual([]);
  });

  it("refuses a name that no operation of the document has, rather than do another one", async () => {
    const { errors } = await running.ask("query Prices { prices }", { token, operationName: "Machines" });
    expect(errors).toMatchObject([
      { message: 'The document has no operation named "Machines"', extensions: { code: "INVALID_INPUT" } },
    ]);
    expect(running.graph.billing.requests).toEqual([]);
  });

  it("refuses subscriptions over HTTP", async () => {
    const { errors } = await running.ask("subscription { vmStateChanged { state } }", { token });
    expect(errors).toMatchObject([{ extensions: { code: "INVALID_INPUT" } }]);
  });

  it("writes one line about an operation, without variables and tokens", async () => {
    const { claims, token: own } = await running.identity.issue(["vm:read"]);
    await running.ask("query Machine($id: ID!) { vm(id: $id) { name } broken }", {
      token: own,
      variables: { id: "hidden-7" },
    });
    const lines = running.log.filter((line) => line.msg === "operation");
    expect(lines).toMatchObject([
      {
        operation: "Machine",
        kind: "query",
        transport: "http",
        userId: claims.sub,
        organisationId: claims.org,
        codes: ["INTERNAL"],
      },
    ]);
    expect(JSON.stringify(running.log)).not.toContain("hidden-7");
    expect(JSON.stringify(running.log)).not.toContain(own);
  });
});
