import { get, type IncomingMessage } from "node:http";
import { until } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Person, TestTollgate } from "./testing/tollgate.js";

let tollgate: TestTollgate;
let owner: Person;

beforeAll(async () => {
  tollgate = await TestTollgate.start(inject("postgresUrl"));
  owner = await tollgate.signIn("customer");
});
afterAll(() => tollgate.stop());

/** Entries of the customer past the graph: enough for an export of many pieces. */
const fill = async (count: number): Promise<void> => {
  const { data } = await owner.ask("{ organisation { id } }");
  await tollgate.tollgate.subgraphs.organisations.database.system(
    "test",
    (
      tx,
    ) => tx.sql`insert into audit_entry (id, organisation_id, at, actor_kind, action, resource, outcome, subgraph, user_agent)
      select uuidv7(), ${data.organisation.id}, now() - n * interval '1 second', 'SYSTEM', 'vm:power', 'vm', 'SUCCEEDED',
             'telemetry', repeat('x', 400) from generate_series(1, ${count}) n`,
  );
};

const link = async (): Promise<string> => {
  const { data } = await owner.ask("{ auditDownload(format: JSON_LINES) { url } }");
  const { pathname, search } = new URL(data.auditDownload.url);
  return `${tollgate.url}${pathname}${search}`;
};

const open = (url: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => get(url, resolve).on("error", reject));

/** One more, as soon as there is room for it. */
const opened = async (): Promise<IncomingMessage> => {
  let answer = await open(await link());
  await until(async () => {
    if (answer.statusCode === 429) answer = await open(await link());
    return answer.statusCode === 200;
  }, 30_000);
  return answer;
};

describe("an export of the audit trail through the gateway", () => {
  it("comes whole, and is read no further once its reader has gone", async () => {
    await fill(30_000);
    const whole = await (await fetch(await link())).text();
    expect(whole.trim().split("\n").length).toBeGreaterThan(30_000);

    const answer = await open(await link());
    expect(answer.statusCode).toBe(200);
    await new Promise((resolve) => answer.once("data", resolve));
    answer.destroy();
    // Two at once are allowed: once two more are open, the one that was left is over, though it was not read to its end.
    const held = [await opened(), await opened()];
    for (const one of held) one.destroy();
  }, 60_000);

  it("is refused with a link that was changed", async () => {
    const url = new URL(await link());
    url.searchParams.set("signature", "forged");
    expect((await fetch(url)).status).toBe(403);
  });
});

describe("the trail of what people do", () => {
  it("has a wrong password in the trail of the organisation of whom it was tried, and the sign-in after it", async () => {
    await expect(tollgate.signIn("freight", "a wrong password")).rejects.toThrow();
    const freight = await tollgate.signIn("freight");
    await until(async () => {
      const { data } = await freight.ask(
        '{ auditEntries(filter: { action: ["session:signIn"] }) { nodes { outcome problem user { displayName } address hash } } }',
      );
      const outcomes = (data.auditEntries.nodes as { outcome: string; hash: string | null }[]).slice(0, 2);
      return (
        outcomes.map(({ outcome }) => outcome).join() === "SUCCEEDED,REFUSED" && outcomes.every(({ hash }) => hash)
      );
    });
  });
});
