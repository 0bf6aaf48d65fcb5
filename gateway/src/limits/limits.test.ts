import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SocketClient } from "../testing/socket-client.js";
import { type RunningGateway, startGateway } from "../testing/start.js";

function nested(levels: number): string {
  return `{ nested ${"{ deeper ".repeat(levels - 2)}{ leaf }${" }".repeat(levels - 2)} }`;
}

function aliases(count: number): string {
  return `{ nested { ${Array.from({ length: count }, (_, index) => `a${index}: leaf`).join(" ")} } }`;
}

/** Each fragment spreads the next one twice: the text grows by a line, the operation doubles. */
function bomb(depth: number): string {
  const fragments = Array.from(
    { length: depth },
    (_, index) => `fragment f${index} on Nested { leaf ...f${index + 1} ... on Nested { ...f${index + 1} } }`,
  );
  return `{ nested { ...f0 } } ${fragments.join("\n")} fragment f${depth} on Nested { leaf }`;
}

describe("limits of an operation", () => {
  let running: RunningGateway;

  beforeAll(async () => {
    running = await startGateway();
  });

  afterAll(async () => {
    await running.gateway.stop();
  });

  it.each([
    { what: "15 levels", query: nested(15), allowed: true },
    { what: "16 levels", query: nested(16), allowed: false },
    { what: "60 aliases", query: aliases(60), allowed: true },
    { what: "61 aliases", query: aliases(61), allowed: false },
    { what: "20 root fields", query: `{ ${Array.from({ length: 20 }, () => "weather").join(" ")} }`, allowed: true },
    { what: "21 root fields", query: `{ ${Array.from({ length: 21 }, () => "weather").join(" ")} }`, allowed: false },
    { what: "30 fragments that double each time", query: bomb(30), allowed: false },
    {
      what: "fragments that spread each other",
      query: "{ nested { ...a } } fragment a on Nested { deeper { ...a } }",
      allowed: false,
    },
    { what: "6,000 tokens", query: `{ ${"weather ".repeat(6_000)} }`, allowed: false },
  ])("has an answer for $what: allowed is $allowed", async ({ query, allowed }) => {
    const before = running.graph.telemetry.requests.length;
    const { status, errors } = await running.ask(query);
    expect(status).toBe(allowed ? 200 : 400);
    for (const error of errors) expect(error.extensions.code).toBe("INVALID_INPUT");
    expect(errors.length > 0).toBe(!allowed);
    expect(running.graph.telemetry.requests.length > before).toBe(allowed);
  });

  it("refuses what would cost too much, by the size that the variables ask for", async () => {
    const cheap = await startGateway({ limits: { cost: 40 } });
    const { token } = await cheap.identity.issue(["vm:read"]);
    const ask = async (first: number) =>
      await cheap.ask("query ($first: Int) { vms(first: $first) { id } }", { token, variables: { first } });
    expect((await ask(40)).errors).toEqual([]);
    const before = cheap.graph.telemetry.requests.length;
    expect(await ask(41)).toMatchObject({
      errors: [{ extensions: { code: "INVALID_INPUT", cost: { estimated: 41, allowed: 40 } } }],
    });
    expect(cheap.graph.telemetry.requests.length).toBe(before);
    await cheap.gateway.stop();
  });

  it("says of many wrong values in the variables only the first few", async () => {
    const { token } = await running.identity.issue(["vm:read"]);
    const client = new SocketClient(running.url, { token });
    const ids = Array.from({ length: 50_000 }, () => ({}));
    const results = client.run("subscription ($ids: [ID!]) { vmSamples(ids: $ids) { cpuPercent } }", { ids });
    const { errors } = await client.next(results);
    expect(errors).toMatchObject([
      { message: expect.stringContaining("Too many errors"), extensions: { code: "INVALID_INPUT" } },
    ]);
    expect(JSON.stringify(errors).length).toBeLessThan(5_000);
    await client.dispose();
  });

  it("lets introspection be as deep as tools ask", async () => {
    const { getIntrospectionQuery } = await import("graphql");
    const { data, errors } = await running.ask(getIntrospectionQuery({ inputValueDeprecation: true }));
    expect(errors).toEqual([]);
    expect(data).toHaveProperty("__schema");
  });

  it("refuses bodies over 1 MB with a typed error", async () => {
    const { status, errors } = await running.ask(`{ weather } # ${"x".repeat(1_100_000)}`);
    expect(status).toBe(413);
    expect(errors).toMatchObject([{ extensions: { code: "INVALID_INPUT", requestId: expect.any(String) } }]);
  });

  it.each([
    { what: "JSON that is none", type: "application/json", body: "{", status: 400 },
    { what: "another media type", type: "text/xml", body: "<a/>", status: 415 },
    { what: "a batch", type: "application/json", body: `[{"query":"{ weather }"}]`, status: 400 },
    { what: "no operation", type: "application/json", body: "{}", status: 400 },
  ])("refuses $what with $status and a typed error", async ({ type, body, status }) => {
    const headers = { "content-type": type, "apollo-require-preflight": "yes" };
    const response = await fetch(`${running.url}/graphql`, { method: "POST", headers, body });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "INVALID_INPUT" } }] });
  });

  it("says nothing about the schema where exploring is not allowed", async () => {
    const closed = await startGateway({ explore: false });
    const introspected = await closed.ask("{ __schema { types { name } } }");
    expect(introspected).toMatchObject({ status: 400, data: undefined });
    expect(introspected.errors.map((error) => error.extensions.code)).toEqual(["INVALID_INPUT", "INVALID_INPUT"]);
    const misspelt = await closed.ask("{ wether }");
    expect(misspelt.errors[0]?.message).not.toContain("weather");
    expect((await fetch(`${closed.url}/graphiql`)).status).toBe(404);
    await closed.gateway.stop();
  });
});
