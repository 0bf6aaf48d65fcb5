import { randomUUID } from "node:crypto";
import { checkPersonalData, type PersonalData } from "@tollgate/kit";
import { until } from "@tollgate/kit/testing";
import type { Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { SUBGRAPH_NAMES, type SubgraphName } from "./graph/names.js";
import { definitionsOf } from "./graph/subgraphs.js";
import { administrator, plant, tablesWith } from "./testing/planting.js";
import { mailbox, type Person, TestTollgate } from "./testing/tollgate.js";

const options = { smtpUrl: null, mailFrom: "-", mailbox: true, simulate: false, sampleSeconds: 5, hostSeconds: 2 };
const definitions = definitionsOf(options);
const EMAIL = "viewer@tollgate.example";
const NAME = "Springbok Foods auditor";

let tollgate: TestTollgate;
let reseller: Person;
let person: Person;
let userId: string;
let organisationId: string;
let sql: Sql;

/** Every table that is declared to hold something of people, found by an id or an e-mail. */
const personalTables = () =>
  SUBGRAPH_NAMES.flatMap((schema) =>
    Object.entries(definitions[schema].personalData.tables).flatMap(([table, declared]) => {
      if ("none" in declared) return [];
      const { by = [], byText = [], byEmail = [], secret = [], erase } = declared;
      if (by.length + byText.length + byEmail.length === 0) return [];
      return [{ schema, table, by: [...by, ...byText], byEmail, secret, erase }];
    }),
  );

beforeAll(async () => {
  tollgate = await TestTollgate.start(inject("postgresUrl"));
  reseller = await tollgate.signIn("reseller");
  person = await tollgate.signIn("viewer");
  const { data } = await person.ask("{ me { id organisation { id } } }");
  userId = data.me.id;
  organisationId = data.me.organisation.id;
  sql = await administrator(inject("postgresUrl"), tollgate.tollgate.subgraphs.accounts);
  // These have rows of what is tested anyway; a planted one would break the chain of the trail.
  const made = ["data_export", "erasure", "audit_entry"];
  for (const { schema, table, by, byEmail, secret } of personalTables()) {
    if (made.includes(table)) continue;
    await plant(sql, { schema, table, organisationId, userId, email: EMAIL }, { by, byEmail, secret });
  }
}, 60_000);
afterAll(async () => {
  await sql.end({ timeout: 2 });
  await tollgate.stop();
});

const ask = (query: string, variables = {}) => person.ask(query, variables);
const EXPORT = `mutation ($key: String!) { exportMyData(input: { idempotencyKey: $key }) {
  __typename ... on DataExport { id state } ... on Problem { code } } }`;
const download = async (link: string): Promise<Response> => {
  const { pathname, search } = new URL(link);
  return fetch(new URL(pathname + search, tollgate.url));
};

it("is declared table by table in all five subgraphs", async () => {
  for (const name of SUBGRAPH_NAMES) {
    const data: PersonalData = definitions[name].personalData;
    const { database } = tollgate.tollgate.subgraphs[name];
    expect(await database.system("test", (tx) => checkPersonalData(tx, name, data)), name).toEqual([]);
  }
});

describe("an archive of one's own data", () => {
  let archive: { isComplete: boolean; subgraphs: Record<SubgraphName, Record<string, object[]>> };
  let text: string;

  it("is gathered from all five, once at a time and once a day, and its person told", async () => {
    const key = randomUUID();
    const first = await ask(EXPORT, { key });
    expect(first.data.exportMyData).toMatchObject({ __typename: "DataExport", state: "GATHERING" });
    const again = await ask(EXPORT, { key });
    expect(again.data.exportMyData.id).toBe(first.data.exportMyData.id);
    const state = async () => (await ask("{ myDataExport { id state download { url } } }")).data.myDataExport;
    await until(async () => (await state()).state === "READY", 15_000);
    const { data } = await ask(EXPORT, { key: randomUUID() });
    expect(data.exportMyData).toMatchObject({ __typename: "RateLimitedProblem" });
    await until(async () => JSON.stringify(await mailbox(tollgate.url, EMAIL)).includes("ready to download"), 15_000);
    const answer = await download((await state()).download.url);
    expect(answer.headers.get("content-disposition")).toContain("attachment");
    text = await answer.text();
    archive = JSON.parse(text);
  });

  it("has what was planted in every table, and no secret", () => {
    expect(archive.isComplete).toBe(true);
    expect(Object.keys(archive.subgraphs).sort()).toEqual([...SUBGRAPH_NAMES].sort());
    const missing = personalTables().filter(
      ({ schema, table }) => table !== "erasure" && !archive.subgraphs[schema][table]?.length,
    );
    expect(missing.map(({ schema, table }) => `${schema}.${table}`)).toEqual([]);
    expect(text).toContain("planted notification body");
    expect(text).toContain(NAME);
    expect(text).not.toContain("hidden ");
  });

  it("opens by a link of the person's own alone", async () => {
    const { data } = await ask("{ myDataExport { id download { url } } }");
    const { id, download: link } = data.myDataExport;
    const stranger = await reseller.ask("query ($id: ID!) { dataExport(id: $id) { id } }", { id });
    expect(stranger.errors?.[0]?.extensions).toMatchObject({ code: "NOT_FOUND" });
    const forged = new URL(link.url);
    forged.searchParams.set("user", randomUUID());
    expect((await download(forged.toString())).status).toBe(403);
  });
});

describe("erasing a person", () => {
  const ERASE = `mutation ($id: ID!, $key: String!) { eraseUser(input: { userId: $id, reason: "asked for it", idempotencyKey: $key }) {
    __typename ... on User { displayName status } ... on Problem { code } } }`;

  it("is not for oneself or those above, and answers with the pseudonym at once", async () => {
    const { data: me } = await reseller.ask("{ me { id } }");
    const own = await reseller.ask(ERASE, { id: me.me.id, key: randomUUID() });
    expect(own.data.eraseUser).toMatchObject({ __typename: "ForbiddenProblem" });
    const { data } = await reseller.ask(ERASE, { id: userId, key: randomUUID() });
    expect(data.eraseUser).toMatchObject({ __typename: "User", status: "ERASED" });
    expect(data.eraseUser.displayName).toMatch(/^Erased person /);
    const seen = await reseller.ask("query ($id: ID!) { user(id: $id) { email phone createdAt } }", { id: userId });
    expect(seen.data.user).toEqual({ email: null, phone: null, createdAt: null });
    // Nobody is known by the pseudonym's address: it answers like any other that nobody has.
    const SIGN_IN =
      'mutation ($email: EmailAddress!) { signIn(input: { email: $email, password: "x" }) { __typename } }';
    const knock = await reseller.ask(SIGN_IN, { email: `erased-${userId}@erased.invalid` });
    expect(knock.data.signIn).toEqual({ __typename: "InvalidCredentialsProblem" });
  });

  it("is confirmed by all five subgraphs", async () => {
    const LIST = "{ erasures { nodes { subjectId completedAt reason confirmations { subgraph } } } }";
    const mine = async () =>
      (await reseller.ask(LIST)).data.erasures.nodes.find((node: { subjectId: string }) => node.subjectId === userId);
    await until(async () => (await mine()).completedAt !== null, 15_000);
    const { confirmations } = await mine();
    expect(confirmations.map(({ subgraph }: { subgraph: string }) => subgraph)).toEqual([...SUBGRAPH_NAMES].sort());
  });

  it("leaves nothing of what was planted but what is declared to stay", async () => {
    const gone = personalTables().filter(({ erase }) => erase === "DELETE");
    for (const { schema, table } of gone) {
      // What came after the erasure: the grant that ends the membership, and the last mail.
      expect(await tablesWith(sql, schema, `planted ${table} `), table).toEqual([]);
    }
    for (const { schema, table, erase } of personalTables()) {
      if (typeof erase === "string") continue;
      for (const column of Object.keys(erase)) {
        expect(await tablesWith(sql, schema, `planted ${table} ${column}`), `${table}.${column}`).toEqual([]);
      }
    }
  });

  it("leaves the e-mail in the last mail alone, and the name nowhere", async () => {
    const found = async (text: string) =>
      (await Promise.all(SUBGRAPH_NAMES.map((schema) => tablesWith(sql, schema, text)))).flat();
    await until(async () => JSON.stringify(await mailbox(tollgate.url, EMAIL)).includes("was erased"), 15_000);
    await tollgate.tollgate.subgraphs.accounts.delivered();
    await tollgate.tollgate.subgraphs.accounts.runJob("settle-personal-data");
    expect(await found(EMAIL)).toEqual(["messaging.mail"]);
    expect(await found(NAME)).toEqual([]);
  });

  it("leaves the audit trail whole: the chain holds, and nobody reads from where the person acted", async () => {
    const rows = await sql<{ address: string | null }[]>`
      select address from organisations.audit_entry where actor_id = ${userId} and action = 'session:signIn'`;
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.every(({ address }) => address === null)).toBe(true);
    const { data } = await reseller.ask(
      `mutation { verifyAuditTrail(input: { organisationId: "${organisationId}" }) { __typename ... on AuditVerification { intact firstBrokenEntryId } } }`,
    );
    expect(data.verifyAuditTrail).toMatchObject({ intact: true });
  });

  it("ends what the person could do: nobody comes in with the old token", async () => {
    await until(async () => (await ask("{ me { id } }")).errors !== undefined, 15_000);
  });
});
