import { randomBytes } from "node:crypto";
import { recordSpans, type SpanRecorder, type SpanTree, until } from "@tollgate/kit/testing";
import { createClient } from "graphql-ws";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { WebSocket } from "ws";
import { type Person, TestTollgate } from "./testing/tollgate.js";

const overThreeSubgraphs = "query Seen { me { displayName organisation { name wallet { available { formatted } } } } }";

let tollgate: TestTollgate;
let reseller: Person;

beforeAll(async () => {
  tollgate = await TestTollgate.start(inject("postgresUrl"));
  reseller = await tollgate.signIn("reseller");
});
afterAll(() => tollgate.stop());

/** A trace as a client begins it. */
const newTrace = (): { traceId: string; traceparent: string } => {
  const traceId = randomBytes(16).toString("hex");
  return { traceId, traceparent: `00-${traceId}-${randomBytes(8).toString("hex")}-01` };
};

const childrenOf = (tree: SpanTree | undefined, name: string): SpanTree[] =>
  (tree?.children ?? []).filter((child) => child.name === name);

const flat = (trees: readonly SpanTree[]): SpanTree[] => trees.flatMap((tree) => [tree, ...flat(tree.children)]);

describe("traces", () => {
  let recorder: SpanRecorder;
  beforeEach(async () => {
    recorder = await recordSpans();
  });
  afterEach(() => recorder.stop());

  it("lead from the client's request through plan and fetches to the statements of each subgraph", async () => {
    const { traceId, traceparent } = newTrace();
    const { data } = await reseller.ask(overThreeSubgraphs, {}, { traceparent });
    expect(data.me.organisation.wallet.available.formatted).toBeTruthy();
    const [operation, ...others] = recorder.trees(traceId);
    expect(others).toEqual([]);
    expect(operation?.name).toBe("operation");
    expect(childrenOf(operation, "plan")).toHaveLength(1);
    for (const subgraph of ["accounts", "organisations", "billing"]) {
      const [fetched] = childrenOf(operation, `fetch ${subgraph}`);
      const [asked] = childrenOf(fetched, `${subgraph} query`);
      const [transaction] = childrenOf(asked, "transaction read only");
      const statements = childrenOf(transaction, "statement").map(({ attributes }) => attributes["db.query.text"]);
      expect(statements[0], subgraph).toContain("from enter($1, $2, $3)");
      expect(statements.length, subgraph).toBeGreaterThan(1);
    }
  });

  it("tell nothing of who asked, of what, or with what", async () => {
    const { traceId, traceparent } = newTrace();
    const secret = randomBytes(12).toString("hex");
    const { data } = await reseller.ask(
      "query ($id: ID!) { me { id } vm(id: $id) { name } }",
      { id: secret },
      { traceparent },
    );
    const told = JSON.stringify(flat(recorder.trees(traceId)).map(({ name, attributes }) => [name, attributes]));
    expect(told).toContain("fetch accounts");
    for (const private_ of [secret, reseller.token ?? "", data.me.id, "reseller@tollgate.example"])
      expect(told).not.toContain(private_);
  });

  it("begin anew with each event of a subscription, and name the one that opened it", async () => {
    const { traceId, traceparent } = newTrace();
    const client = createClient({
      url: `${tollgate.url.replace("http", "ws")}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${reseller.token}` },
    });
    const events = client.iterate({
      query: "subscription { vmSamples { cpuPercent vm { hourlyCost { formatted } } } }",
      extensions: { traceparent },
    });
    await events.next();
    const isOfEvent = (name: string) => name === "telemetry event";
    await until(() => recorder.spans().some(({ name }) => isOfEvent(name)));
    await events.return?.();
    await client.dispose();
    expect(recorder.trees(traceId).map(({ name }) => name)).toContain("operation");
    const own =
      recorder
        .spans()
        .find(({ name }) => isOfEvent(name))
        ?.spanContext().traceId ?? "";
    expect(own).not.toBe(traceId);
    await until(() => childrenOf(recorder.trees(own)[0], "event").length > 0);
    const [event] = recorder.trees(own);
    expect(event?.linkedTo).toEqual([traceId]);
    const [joined] = childrenOf(event, "event");
    expect(childrenOf(childrenOf(joined, "fetch billing")[0], "billing query")).toHaveLength(1);
  });
});

describe("the metrics", () => {
  const scrape = async (headers: Record<string, string> = {}): Promise<{ status: number; text: string }> => {
    const answer = await fetch(`${tollgate.url}/metrics`, { headers });
    return { status: answer.status, text: await answer.text() };
  };

  /** The sum of the series whose line begins so. */
  const sum = (text: string, series: RegExp): number =>
    text
      .split("\n")
      .filter((line) => series.test(line))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(" "))), 0);

  it("count operations, plans, fetches, statements and transactions on one page", async () => {
    const before = (await scrape()).text;
    await reseller.ask(overThreeSubgraphs);
    const { text } = await scrape();
    const risen = (series: RegExp) => sum(text, series) - sum(before, series);
    expect(risen(/^tollgate_operation_seconds_count\{.*kind="query".*outcome="ok"/)).toBe(1);
    expect(risen(/^tollgate_plans_total/)).toBe(1);
    expect(risen(/^tollgate_fetch_seconds_count\{.*subgraph="billing".*outcome="ok"/)).toBeGreaterThan(0);
    expect(risen(/^tollgate_subgraph_operation_seconds_count\{.*subgraph="billing"/)).toBeGreaterThan(0);
    expect(risen(/^tollgate_sql_statements_total\{subgraph="billing"/)).toBeGreaterThan(1);
    expect(risen(/^tollgate_transaction_seconds_count\{subgraph="accounts"/)).toBeGreaterThan(0);
    for (const name of ["outbox_pending", "outbox_oldest_seconds", "outbox_parked"])
      for (const subgraph of ["accounts", "organisations", "billing", "telemetry", "messaging"])
        expect(text).toMatch(new RegExp(`^tollgate_${name}\\{subgraph="${subgraph}"\\} \\d`, "m"));
    for (const subgraph of ["accounts", "billing"])
      expect(text).toContain(`tollgate_breaker_state{subgraph="${subgraph}"} 0`);
    expect(text).toMatch(/^tollgate_inbox_events_total\{subgraph="messaging",outcome="handled"\} \d/m);
    expect(text).toMatch(/^process_resident_memory_bytes \d/m);
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds \d/m);
  });

  it("count refusals by the closed set of codes, and never by what strangers write", async () => {
    const before = (await scrape()).text;
    await reseller.ask("query Unheard_of { nowhere }");
    const { text } = await scrape();
    const refused = /^tollgate_operation_errors_total\{code="INVALID_INPUT"\}/;
    expect(sum(text, refused) - sum(before, refused)).toBe(1);
    expect(text).not.toContain("Unheard_of");
  });

  it("are for this computer alone: not for strangers behind a proxy, nor for pages of foreign names", async () => {
    expect((await scrape()).status).toBe(200);
    expect((await scrape({ "x-forwarded-for": "203.0.113.7" })).status).toBe(404);
    expect((await scrape({ forwarded: "for=203.0.113.7" })).status).toBe(404);
  });
});
