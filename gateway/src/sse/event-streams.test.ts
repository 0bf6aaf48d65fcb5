import { createClient } from "graphql-sse";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type RunningGateway, startGateway } from "../testing/start.js";

const liveStates = "subscription { vmStateChanged { state vm { name hourlyCost { formatted } } } }";
const change = (state: string) => ({
  vmStateChanged: { state, vm: { __typename: "Vm" as const, id: "1", name: "a" } },
});

describe("GraphQL over Server-Sent Events", () => {
  let running: RunningGateway;
  let token: string;
  let sessionId: string;

  beforeEach(async () => {
    running = await startGateway();
    const issued = await running.identity.issue(["vm:read", "price:read"]);
    token = issued.token;
    sessionId = issued.claims.sid;
  });

  afterEach(async () => {
    await running.gateway.stop();
  });

  function client(headers: Record<string, string> = { authorization: `Bearer ${token}` }) {
    return createClient({ url: `${running.url}/graphql`, headers, retryAttempts: 0 });
  }

  it("streams a subscription over several subgraphs to a graphql-sse client, and ends with it", async () => {
    const results = client().iterate({ query: liveStates });
    const first = results.next();
    await running.graph.changes.untilOpen(1);
    running.graph.changes.publish(change("RUNNING"), change("STOPPED"));
    const data = (state: string) => ({
      vmStateChanged: { state, vm: { name: "a", hourlyCost: { formatted: "R 1.00" } } },
    });
    expect((await first).value).toEqual({ data: data("RUNNING") });
    expect((await results.next()).value).toEqual({ data: data("STOPPED") });
    await results.return?.();
    await running.graph.changes.untilOpen(0);
  });

  it("answers queries and mutations with one event, and sets the cookies of a new session", async () => {
    const query = client().iterate({ query: "query ($n: Int) { vms(first: $n) { id } }", variables: { n: 2 } });
    expect((await query.next()).value).toEqual({ data: { vms: [{ id: "1" }, { id: "2" }] } });
    expect((await query.next()).done).toBe(true);
    const response = await events({ query: 'mutation { signIn(email: "a@b.example") { userId } }' });
    expect(await response.text()).toBe(
      'event: next\ndata: {"data":{"signIn":{"userId":"a@b.example"}}}\n\nevent: complete\ndata:\n\n',
    );
    expect(response.headers.getSetCookie().join()).toContain("tollgate_access=");
  });

  it.each([
    { what: "a document that is none", body: { query: "{" }, code: "INVALID_INPUT" },
    { what: "an unknown field", body: { query: "{ nothing }" }, code: "INVALID_INPUT" },
    { what: "no document", body: { variables: {} }, code: "INVALID_INPUT" },
    { what: "variables that are a list", body: { query: "{ weather }", variables: [] }, code: "INVALID_INPUT" },
    { what: "a name that is a number", body: { query: "{ weather }", operationName: 7 }, code: "INVALID_INPUT" },
    { what: "a subscription without a session", body: { query: liveStates }, code: "UNAUTHENTICATED" },
  ])("refuses $what in an event, as EventSource needs it", async ({ body, code }) => {
    const response = await events(body, {});
    expect(response.status).toBe(200);
    const [next, complete] = (await response.text()).split("\n\n");
    expect(JSON.parse((next ?? "").replace("event: next\ndata: ", ""))).toMatchObject({
      errors: [{ extensions: { code } }],
    });
    expect(complete).toBe("event: complete\ndata:");
  });

  it("takes queries by GET, and no mutation", async () => {
    const get = async (query: string) =>
      await (
        await fetch(`${running.url}/graphql?query=${encodeURIComponent(query)}&variables=%7B%7D`, {
          headers: { accept: "text/event-stream" },
        })
      ).text();
    expect(await get("{ weather }")).toContain('"data":{"weather":');
    expect(await get('mutation { note(step: "a") }')).toContain("Mutations are sent by POST");
    expect(running.graph.steps).toEqual([]);
  });

  it("gives events to who takes JSON as well for subscriptions only", async () => {
    const headers = { accept: "application/json, text/event-stream", authorization: `Bearer ${token}` };
    const query = await events({ query: "{ weather }" }, headers);
    expect(query.headers.get("content-type")).toContain("application/json");
    const live = await events({ query: liveStates }, headers);
    expect(live.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    await live.body?.cancel();
    await running.graph.changes.untilOpen(0);
  });

  it("ends within a second of its session, and says so", async () => {
    const results = client().iterate({ query: liveStates });
    const first = results.next();
    await running.graph.changes.untilOpen(1);
    running.identity.end(sessionId);
    expect((await first).value).toEqual({
      errors: [{ message: "Session ended", extensions: { code: "UNAUTHENTICATED" } }],
    });
    expect((await results.next()).done).toBe(true);
    await running.graph.changes.untilOpen(0);
  });

  it("is not opened for a client that has gone while it was recognised", async () => {
    const held = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    running.identity.apiKeys.set("slow", async () => {
      asked.resolve();
      await held.promise;
      return { state: "accepted", accessToken: token, until: null };
    });
    const gone = new AbortController();
    const headers = { accept: "text/event-stream", "content-type": "application/json", "x-api-key": "slow" };
    const body = JSON.stringify({ query: liveStates });
    const left = fetch(`${running.url}/graphql`, { method: "POST", headers, body, signal: gone.signal });
    await asked.promise;
    gone.abort();
    await expect(left).rejects.toThrow();
    // Until the gateway has heard of it: another connection that is closed after it was.
    await running.ask("{ weather }", { headers: { connection: "close" } });
    held.resolve();
    const stays = client({ "x-api-key": "slow" }).iterate({ query: liveStates });
    const first = stays.next();
    await running.graph.changes.untilOpen(1);
    running.graph.changes.publish(change("RUNNING"));
    expect((await first).value).toMatchObject({ data: { vmStateChanged: { state: "RUNNING" } } });
    expect(running.graph.changes.open).toBe(1);
    await stays.return?.();
    await running.graph.changes.untilOpen(0);
  });

  it("is cut off without `complete` when the gateway stops, so that clients come back", async () => {
    const results = client().iterate({ query: liveStates });
    const first = results.next();
    await running.graph.changes.untilOpen(1);
    await running.gateway.stop();
    await expect(first).rejects.toThrow();
  });

  it("refuses the page of another site that uses our cookie", async () => {
    const response = await events(
      { query: liveStates },
      { cookie: `tollgate_access=${token}`, origin: "https://evil.test" },
    );
    expect(response.status).toBe(403);
  });

  async function events(body: unknown, headers: Record<string, string> = { authorization: `Bearer ${token}` }) {
    return await fetch(`${running.url}/graphql`, {
      method: "POST",
      headers: { accept: "text/event-stream", "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  }
});
