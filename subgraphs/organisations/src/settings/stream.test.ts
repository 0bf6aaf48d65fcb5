import { randomUUID } from "node:crypto";
import type { RequestCaller } from "@tollgate/kit/protocol";
import { requestCaller, TestSubgraph } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { organisationsSubgraph, seedOrganisations } from "../index.js";

const id = () => randomUUID();
const [operator, reseller, customer, sibling, otherReseller] = [id(), id(), id(), id(), id()];
const permissions = ["organisation:read", "organisation:move", "setting:read", "setting:write"];
const as = (org: string, rest: Partial<RequestCaller> = {}) => requestCaller({ org, permissions }, rest);
let graph: TestSubgraph;

beforeAll(async () => {
  graph = await TestSubgraph.start(inject("postgresUrl"), organisationsSubgraph(), null);
  await seedOrganisations(graph.subgraph, {
    organisations: [
      { id: operator, parentId: null, name: "Operator", kind: "INTERNAL" },
      { id: reseller, parentId: operator, name: "Reseller", kind: "RESELLER" },
      { id: otherReseller, parentId: operator, name: "Other reseller", kind: "RESELLER" },
      { id: customer, parentId: reseller, name: "Customer", kind: "CUSTOMER" },
      { id: sibling, parentId: reseller, name: "Sibling", kind: "CUSTOMER" },
    ],
    members: [],
  });
});
afterAll(() => graph.stop());

const set = async (org: string, key: string, value: unknown): Promise<void> => {
  const document = "mutation ($input: SetSettingInput!) { setSetting(input: $input) { __typename } }";
  const { data } = await graph.execute(document, { input: { key, value } }, as(org));
  expect(data).toEqual({ setSetting: { __typename: "Setting" } });
};

interface Change {
  cursor: string;
  organisation: { name: string };
  setting: { value: unknown; source: string; definition: { key: string } };
}

/** An open stream; `next` gives what it shows next. */
const watch = (caller: RequestCaller, variables: Record<string, unknown> = {}) => {
  const document = `subscription ($organisationId: ID, $keys: [String!], $after: String) {
    settingChanged(organisationId: $organisationId, keys: $keys, after: $after) {
      cursor organisation { name } setting { value source definition { key } } } }`;
  const events = graph.subscribe(document, variables, caller);
  return {
    next: async (): Promise<Change> => {
      const { value } = await events.next();
      expect(value?.errors).toBeUndefined();
      return (value.data as { settingChanged: Change }).settingChanged; // as the subscription asked for it
    },
    code: async () => (await events.next()).value?.errors?.[0]?.extensions?.["code"],
    close: async () => {
      await events.return?.();
    },
  };
};

/** The cursor of the newest event, once it has one. */
const newestCursor = async (): Promise<string> => {
  await graph.subgraph.delivered();
  const [row] = await graph.subgraph.database.system(
    "test",
    (tx) => tx.sql<{ last: bigint }[]>`select coalesce(max(stream_seq), 0) as last from outbox`,
  );
  return String(row?.last ?? 0n);
};

/** Of what was written at these organisations since. */
const cursorsOf = async (organisationIds: string[], after: string): Promise<string[]> => {
  const rows = await graph.subgraph.database.system(
    "test",
    (tx) => tx.sql<{ seq: bigint }[]>`select stream_seq as seq from outbox where type = 'setting.changed'
      and stream_seq > ${after}::bigint and organisation_id = any(${organisationIds}::uuid[]) order by stream_seq`,
  );
  return rows.map(({ seq }) => seq.toString());
};

describe("the stream of settings", () => {
  it("brings what is written at the organisation or above, as it resolves there, and nothing of others", async () => {
    const after = await newestCursor();
    await set(sibling, "mfa.required", true);
    await set(otherReseller, "mfa.required", true);
    await set(operator, "mfa.required", true);
    await set(customer, "mfa.required", false);
    const stream = watch(as(customer), { after });
    const seen = [await stream.next(), await stream.next()];
    await stream.close();
    const setting = { value: false, source: "ORGANISATION", definition: { key: "mfa.required" } };
    expect(seen).toMatchObject([
      { organisation: { name: "Customer" }, setting },
      { organisation: { name: "Customer" }, setting },
    ]);
    expect(seen.map(({ cursor }) => cursor)).toEqual(await cursorsOf([operator, customer], after));
  });

  it("comes live, of the wanted keys alone, and is taken up again after a cursor without a gap or a repetition", async () => {
    const after = await newestCursor();
    const stream = watch(as(reseller), { organisationId: customer, keys: ["billing.graceHours"], after });
    const waiting = stream.next();
    await set(reseller, "billing.runwayHours", 100);
    await set(reseller, "billing.graceHours", 1);
    const first = await waiting;
    expect(first).toMatchObject({ setting: { value: 1, source: "ANCESTOR" } });
    await stream.close();
    for (const hours of [2, 3, 4]) await set(reseller, "billing.graceHours", hours);
    const again = watch(as(reseller), { organisationId: customer, keys: ["billing.graceHours"], after: first.cursor });
    const cursors = [(await again.next()).cursor, (await again.next()).cursor, (await again.next()).cursor];
    await again.close();
    expect(new Set([first.cursor, ...cursors]).size).toBe(4);
    expect(cursors).toEqual([...cursors].sort((a, b) => Number(a) - Number(b)));
  });

  it("tells who watches a branch that moved what resolves differently there", async () => {
    await set(otherReseller, "billing.graceHours", 9);
    const after = await newestCursor();
    const stream = watch(as(operator), { organisationId: sibling, keys: ["billing.graceHours"], after });
    const waiting = stream.next();
    const move = "mutation ($input: MoveOrganisationInput!) { moveOrganisation(input: $input) { __typename } }";
    const input = { organisationId: sibling, newParentId: otherReseller, idempotencyKey: id() };
    const { data } = await graph.execute(move, { input }, as(operator));
    expect(data).toEqual({ moveOrganisation: { __typename: "Organisation" } });
    expect(await waiting).toMatchObject({ setting: { value: 9, source: "ANCESTOR" } });
    await stream.close();
  });

  it("is refused for a foreign organisation, an unknown key and a foreign cursor, and ends when access is gone", async () => {
    expect(await watch(as(customer), { organisationId: reseller }).code()).toBe("NOT_FOUND");
    expect(await watch(as(customer), { keys: ["no.such"] }).code()).toBe("INVALID_INPUT");
    expect(await watch(as(customer), { after: "x" }).code()).toBe("INVALID_INPUT");
    const after = await newestCursor();
    const stream = watch(as(reseller), { organisationId: customer, after });
    const place = (path: string) =>
      graph.subgraph.database.system(
        "test",
        (tx) => tx.sql`update tenancy set path = ${path} where organisation_id = ${customer}`,
      );
    const waiting = stream.code();
    await place(`/${operator}/${otherReseller}/${customer}/`);
    await set(operator, "mfa.rememberDeviceDays", 5);
    expect(await waiting).toBe("NOT_FOUND");
    await place(`/${operator}/${reseller}/${customer}/`);
  });
});
