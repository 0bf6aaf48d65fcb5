import { randomUUID } from "node:crypto";
import { until } from "@tollgate/kit/testing";
import type { Sql } from "postgres";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { SUBGRAPH_NAMES } from "./graph/names.js";
import { administrator, plant, tablesWith } from "./testing/planting.js";
import { type Person, TestTollgate } from "./testing/tollgate.js";

let tollgate: TestTollgate;
let reseller: Person;
let sql: Sql;
let organisationId: string;

beforeAll(async () => {
  tollgate = await TestTollgate.start(inject("postgresUrl"));
  reseller = await tollgate.signIn("reseller");
  const customer = await tollgate.signIn("freight");
  organisationId = (await customer.ask("{ organisation { id } }")).data.organisation.id;
  sql = await administrator(inject("postgresUrl"), tollgate.tollgate.subgraphs.messaging);
  const person = { userId: randomUUID(), email: "nobody@tollgate.example" };
  const declared = { by: [], byEmail: [], secret: [] };
  for (const table of ["contact", "message", "whatsapp_session"])
    await plant(sql, { schema: "messaging", table, organisationId, ...person }, declared);
});
afterAll(async () => {
  await sql.end({ timeout: 2 });
  await tollgate.stop();
});

const ERASE = `mutation ($id: ID!) { eraseOrganisation(input: { organisationId: $id, reason: "the contract ended", idempotencyKey: "${randomUUID()}" }) {
  __typename ... on Organisation { id } ... on Problem { code } } }`;

it("erases the people and contacts of a closed organisation in all five subgraphs, and no other", async () => {
  const early = await reseller.ask(ERASE, { id: organisationId });
  expect(early.data.eraseOrganisation).toMatchObject({ __typename: "ConflictProblem" });
  // Closing has rules of its own; here it has happened.
  await sql`update organisations.organisation set own_status = 'CLOSED', closed_at = now() where organisation_id = ${organisationId}`;
  await sql`update organisations.tenancy set status = 'CLOSED' where organisation_id = ${organisationId}`;
  const { data } = await reseller.ask(ERASE, { id: organisationId });
  expect(data.eraseOrganisation).toMatchObject({ __typename: "Organisation", id: organisationId });

  const LIST = "{ erasures { nodes { subject subjectId completedAt confirmations { subgraph } } } }";
  type Node = { subject: string; subjectId: string; completedAt: string | null; confirmations: object[] };
  const nodes = async (): Promise<Node[]> => (await reseller.ask(LIST)).data.erasures.nodes;
  // The organisation, and its one person.
  await until(async () => (await nodes()).filter(({ completedAt }) => completedAt !== null).length === 2, 15_000);
  const whole = (await nodes()).find(({ subject }) => subject === "ORGANISATION");
  expect(whole).toMatchObject({ subjectId: organisationId });
  expect(whole?.confirmations).toHaveLength(SUBGRAPH_NAMES.length);

  for (const text of [
    "planted contact phone",
    "planted contact name",
    "planted message text",
    "planted whatsapp_session phone",
  ])
    expect(await tablesWith(sql, "messaging", text), text).toEqual([]);
  const people = await sql<
    { status: string; organisation_id: string }[]
  >`select status, organisation_id from accounts."user"`;
  const erased = people.filter(({ status }) => status === "ERASED");
  expect(erased.map((row) => row.organisation_id)).toEqual([organisationId]);
  expect(people.length).toBeGreaterThan(5);
});

it("is refused for one's own, and for one that somebody else has", async () => {
  const { data } = await reseller.ask("{ organisation { id } }");
  const own = await reseller.ask(ERASE.replace(/idempotencyKey: "[^"]+"/, `idempotencyKey: "${randomUUID()}"`), {
    id: data.organisation.id,
  });
  expect(own.data.eraseOrganisation).toMatchObject({ __typename: "ForbiddenProblem" });
  const foreign = await tollgate.signIn("clinics");
  const { data: theirs } = await foreign.ask("{ organisation { id } }");
  const strange = await reseller.ask(ERASE.replace(/idempotencyKey: "[^"]+"/, `idempotencyKey: "${randomUUID()}"`), {
    id: theirs.organisation.id,
  });
  expect(strange.data.eraseOrganisation).toMatchObject({ __typename: "NotFoundProblem" });
});
