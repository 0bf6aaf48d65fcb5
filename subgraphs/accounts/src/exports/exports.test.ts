import { randomUUID } from "node:crypto";
import { Sealer } from "@tollgate/kit";
import { type DeliveredEvent, type ExportPart, SUBGRAPH_NAMES, type SubgraphName } from "@tollgate/kit/protocol";
import { requestCaller, TEST_SECRET, TestSubgraph, testTree, until } from "@tollgate/kit/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { accountsSubgraph, seedUsers } from "../index.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const tree = testTree();
const naledi = randomUUID();
const sealer = new Sealer(TEST_SECRET, "events");
const mails: unknown[] = [];
let graph: TestSubgraph;
let offset = 0;

beforeAll(async () => {
  const sink = {
    name: "tests",
    accepts: (type: string) => type === "mail.requested",
    receive: async (event: DeliveredEvent) => void mails.push(event.payload),
  };
  const clock = () => new Date(Date.now() + offset);
  const definition = accountsSubgraph({ clock, publicUrl: "https://tollgate.example" });
  graph = await TestSubgraph.start(inject("postgresUrl"), definition, tree.source, [sink]);
  await seedUsers(graph.subgraph, [
    {
      id: naledi,
      organisationId: tree.customer,
      email: "naledi@example.com",
      displayName: "Naledi",
      password: "Correct-Horse-7",
    },
  ]);
});

afterAll(() => graph.stop());

beforeEach(async () => {
  offset = 0;
  mails.length = 0;
  await graph.subgraph.database.system("test", (tx) => tx.sql`delete from data_export`);
});

const caller = () => requestCaller({ sub: naledi, org: tree.customer }, { deadline: Date.now() + 10_000 });
const ask = async (key: string = randomUUID()) => {
  const EXPORT = `mutation ($key: String!) { exportMyData(input: { idempotencyKey: $key }) {
    __typename ... on DataExport { id state } ... on Problem { code } ... on RateLimitedProblem { retryAfterSeconds } } }`;
  const { data } = await graph.execute(EXPORT, { key }, caller());
  return data?.["exportMyData"] as { __typename: string; id: string; state: string; retryAfterSeconds: number };
};
const shown = async () => {
  const { data } = await graph.execute("{ myDataExport { id state download { url } } }", {}, caller());
  return data?.["myDataExport"] as { id: string; state: string; download: { url: string } | null };
};

/** What a subgraph answers, as it would arrive. */
const answer = async (
  exportId: string,
  subgraph: SubgraphName,
  text: string,
  { number = 0, isLast = true, isCut = false }: Partial<ExportPart> = {},
) => {
  const id = randomUUID();
  await graph.subgraph.inbox.receive({
    id,
    type: "personalData.exported",
    aggregateId: exportId,
    aggregateVersion: 1n,
    organisationId: tree.customer,
    occurredAt: new Date(),
    payload: { exportId, subgraph, number, isLast, isCut },
    sealed: sealer.seal(text, id),
  });
};
const others = SUBGRAPH_NAMES.filter((name) => name !== "accounts");
const download = async (link: string) => {
  const url = new URL(link);
  const [route] = graph.subgraph.routes.filter(({ path }) => path === url.pathname);
  const request = {
    method: "GET",
    path: url.pathname,
    query: url.searchParams,
    headers: {},
    rawBody: new Uint8Array(),
  };
  const response = await route?.handle({ ...request, address: "127.0.0.1" });
  const body = response?.body ?? "";
  const text = typeof body === "string" ? body : body instanceof Uint8Array ? Buffer.from(body).toString() : null;
  return { status: response?.status, text: text ?? "" };
};

describe("a data export", () => {
  it("is ready with the last answer of the five, in however many parts and however often they come", async () => {
    const { id } = await ask();
    for (const name of others) {
      await answer(id, name, 'things {"n": 1}\nthings {"n": 2}', { number: 0, isLast: false });
      await answer(id, name, 'things {"n": 1}\nthings {"n": 2}', { number: 0, isLast: false });
      expect((await shown()).state).toBe("GATHERING");
      await answer(id, name, 'things {"n": 3}\nmore {"n": 9007199254740993}', { number: 1 });
    }
    await until(async () => (await shown()).state === "READY");
    const { text } = await download((await shown()).download?.url ?? "");
    const archive = JSON.parse(text);
    expect(archive).toMatchObject({ userId: naledi, isComplete: true });
    expect(archive.subgraphs.billing).toMatchObject({ things: [{ n: 1 }, { n: 2 }, { n: 3 }] });
    expect(archive.subgraphs.accounts.user).toMatchObject([{ email: "naledi@example.com" }]);
    // No digit of a number is lost on the way.
    expect(text).toContain("9007199254740993");
    expect(text).not.toContain("argon2");
    await until(() => mails.length === 1);
    expect(mails).toMatchObject([{ kind: "DATA_EXPORT_READY", to: "naledi@example.com" }]);
  });

  it("says so where a subgraph had more than an archive takes, and where it had nothing", async () => {
    const { id } = await ask();
    for (const name of others) await answer(id, name, "", { isCut: name === "messaging" });
    await until(async () => (await shown()).state === "READY");
    const { text } = await download((await shown()).download?.url ?? "");
    expect(JSON.parse(text)).toMatchObject({ isComplete: false, subgraphs: { telemetry: {} } });
  });

  it("travels in parts of a bounded size, and loses no row between them", async () => {
    await graph.subgraph.database.system(
      "test",
      (tx) => tx.sql`insert into sign_in_attempt (organisation_id, user_id, email, outcome, address, user_agent)
        select ${tree.customer}, ${naledi}, 'naledi@example.com', 'SUCCEEDED', '10.0.0.1', 'attempt ' || n || repeat(' x', 180)
          from generate_series(1, 1500) n`,
    );
    const { id } = await ask();
    for (const name of others) await answer(id, name, "");
    await until(async () => (await shown()).state === "READY");
    const [parts] = await graph.subgraph.database.system(
      "test",
      (tx) => tx.sql<{ count: bigint; largest: number }[]>`
        select count(*), max(length(sealed)) as largest from data_export_part where subgraph = 'accounts'`,
    );
    expect(Number(parts?.count)).toBeGreaterThan(3);
    expect(parts?.largest).toBeLessThan(250_000);
    const { text } = await download((await shown()).download?.url ?? "");
    const attempts: { user_agent: string }[] = JSON.parse(text).subgraphs.accounts.sign_in_attempt;
    expect(new Set(attempts.map(({ user_agent }) => user_agent)).size).toBe(1500);
  });

  it("leaves out what is too much of one thing, says so, and has everything else", async () => {
    await graph.subgraph.database.system(
      "test",
      (tx) => tx.sql`insert into sign_in_attempt (organisation_id, user_id, email, outcome, address, user_agent)
        select ${tree.customer}, ${naledi}, 'naledi@example.com', 'SUCCEEDED', '10.0.0.1', repeat('x', 400)
          from generate_series(1, 6000)`,
    );
    const { id } = await ask();
    for (const name of others) await answer(id, name, "");
    await until(async () => (await shown()).state === "READY");
    const archive = JSON.parse((await download((await shown()).download?.url ?? "")).text);
    expect(archive.isComplete).toBe(false);
    expect(archive.subgraphs.accounts.user).toMatchObject([{ email: "naledi@example.com" }]);
    expect(archive.subgraphs.accounts.sign_in_attempt.length).toBeGreaterThan(3_000);
  });

  it("is gathered once at a time, also when two ask at the same moment", async () => {
    const answers = await Promise.all([ask(), ask()]);
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual(["ConflictProblem", "DataExport"]);
  });

  it("has failed after an hour without all answers: what comes then is not kept, and it may be asked for again", async () => {
    const { id } = await ask();
    offset = HOUR + 1;
    expect((await shown()).state).toBe("FAILED");
    for (const name of others) await answer(id, name, "");
    await graph.subgraph.runJob("settle-personal-data");
    expect(await shown()).toMatchObject({ id, state: "FAILED", download: null });
    expect(await ask()).toMatchObject({ __typename: "DataExport", state: "GATHERING" });
  });

  it("is there for a week, and can be asked for once a day", async () => {
    const { id } = await ask();
    for (const name of others) await answer(id, name, "");
    await until(async () => (await shown()).state === "READY");
    const early = await ask();
    expect(early.__typename).toBe("RateLimitedProblem");
    expect(early.retryAfterSeconds).toBeGreaterThan(86_000);
    const link = (await shown()).download?.url ?? "";
    offset = 6 * 60_000;
    expect((await download(link)).status).toBe(403);
    offset = 7 * DAY + 1_000;
    const fresh = { ...(await shown()) };
    expect(fresh).toMatchObject({ id, state: "EXPIRED", download: null });
    await graph.subgraph.runJob("settle-personal-data");
    const [left] = await graph.subgraph.database.system(
      "test",
      (tx) => tx.sql<{ count: bigint }[]>`select count(*) from data_export_part`,
    );
    expect(left?.count).toBe(0n);
  });
});
