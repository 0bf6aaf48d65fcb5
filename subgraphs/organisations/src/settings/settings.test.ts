import { randomUUID } from "node:crypto";
import type { AccessClaims, RequestCaller } from "@tollgate/kit/protocol";
import { requestCaller, TestSubgraph, until } from "@tollgate/kit/testing";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { organisationsSubgraph, seedOrganisations } from "../index.js";
import { PERMISSIONS } from "../roles/permissions.js";

const id = () => randomUUID();
const [operator, reseller, customer, sibling, otherReseller] = [id(), id(), id(), id(), id()];
const ALL = PERMISSIONS.map((permission) => permission.key);
const SECRET = "smtps://user:very-secret-word@mail.example:465";
let graph: TestSubgraph;

const as = (org: string, claims: Partial<AccessClaims> = {}, rest: Partial<RequestCaller> = {}) =>
  requestCaller({ org, permissions: ALL, ...claims }, rest);

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
afterEach(async () => {
  vi.unstubAllEnvs();
  await graph.subgraph.database.system("test", (tx) => tx.sql`delete from setting_value`);
});

const SHOWN = "value isSet source inheritedFrom { name } changedBy { id } definition { key }";
const RESULT = `__typename ... on Setting { ${SHOWN} } ... on Problem { code message }
  ... on ForbiddenProblem { reason } ... on InvalidInputProblem { fields { path reason } }`;

const run = async (field: string, input: unknown, caller: RequestCaller): Promise<Record<string, unknown>> => {
  const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`;
  const { data, errors } = await graph.execute(
    `mutation ($input: ${type}!) { ${field}(input: $input) { ${RESULT} } }`,
    { input },
    caller,
  );
  expect(errors).toBeUndefined();
  return (data as Record<string, Record<string, unknown>>)[field] ?? {}; // as the mutation asked for it
};
const set = (caller: RequestCaller, key: string, value: unknown, organisationId?: string) =>
  run("setSetting", { key, value, ...(organisationId && { organisationId }) }, caller);
const reset = (caller: RequestCaller, key: string, organisationId?: string) =>
  run("resetSetting", { key, ...(organisationId && { organisationId }) }, caller);

const read = async (caller: RequestCaller, key: string, organisationId?: string): Promise<Record<string, unknown>> => {
  const query = `query ($id: ID, $keys: [String!]) { organisation(id: $id) { settings(keys: $keys) { ${SHOWN} } } }`;
  const { data, errors } = await graph.execute(query, { id: organisationId, keys: [key] }, caller);
  expect(errors).toBeUndefined();
  const { organisation } = data as { organisation: { settings: Record<string, unknown>[] } }; // as asked for
  return organisation.settings[0] ?? {};
};

describe("a setting in the graph", () => {
  it("counts at its organisation and below, and says where it comes from as far as the caller may know", async () => {
    const userId = id();
    expect(await read(as(customer), "billing.graceHours")).toMatchObject({
      value: 24,
      isSet: false,
      source: "DEFAULT",
    });
    await set(as(operator, { sub: userId }), "billing.graceHours", 6);
    expect(await read(as(operator), "billing.graceHours")).toMatchObject({ value: 6, source: "ORGANISATION" });
    const inherited = { value: 6, isSet: true, source: "PLATFORM" };
    expect(await read(as(customer), "billing.graceHours")).toMatchObject({
      ...inherited,
      inheritedFrom: null,
      changedBy: null,
    });
    expect(await read(as(operator), "billing.graceHours", customer)).toMatchObject({
      ...inherited,
      inheritedFrom: { name: "Operator" },
      changedBy: { id: userId },
    });
    await set(as(reseller), "billing.graceHours", 8);
    expect(await read(as(reseller), "billing.graceHours", customer)).toMatchObject({
      value: 8,
      source: "ANCESTOR",
      inheritedFrom: { name: "Reseller" },
    });
    expect(await reset(as(reseller), "billing.graceHours")).toMatchObject({ value: 6, source: "PLATFORM" });
  });

  it("is listed with all others, each with its definition, in the order of the registry", async () => {
    const query = `{ settingDefinitions { key type default isSecret writeLevel variable minimum maximum }
      organisation { settings { definition { key } value } } }`;
    const { data, errors } = await graph.execute(query, {}, as(customer));
    expect(errors).toBeUndefined();
    const { settingDefinitions, organisation } = data as {
      settingDefinitions: { key: string }[];
      organisation: { settings: { definition: { key: string } }[] };
    };
    expect(settingDefinitions).toContainEqual({
      key: "mfa.rememberDeviceDays",
      type: "INTEGER",
      default: 0,
      isSecret: false,
      writeLevel: "CUSTOMER",
      variable: "MFA_REMEMBER_DEVICE_DAYS",
      minimum: 0,
      maximum: 90,
    });
    const keys = settingDefinitions.map(({ key }) => key);
    expect(organisation.settings.map(({ definition }) => definition.key)).toEqual(keys);
  });

  it("is written by organisations of its level and above it only", async () => {
    const refused = { __typename: "ForbiddenProblem", reason: "POLICY" };
    expect(await set(as(customer), "mfa.required", true)).toMatchObject({ value: true });
    expect(await set(as(customer), "billing.graceHours", 1)).toMatchObject(refused);
    expect(await set(as(reseller), "billing.graceHours", 1, customer)).toMatchObject({ value: 1 });
    expect(await reset(as(customer), "billing.graceHours")).toMatchObject(refused);
    expect(await set(as(reseller), "signUp.open", false)).toMatchObject(refused);
    expect(await set(as(operator), "signUp.open", false, reseller)).toMatchObject(refused);
    expect(await set(as(operator), "signUp.open", false)).toMatchObject({ value: false });
    const narrowed = as(reseller, {}, { narrowedOrganisationId: customer });
    expect(await set(narrowed, "billing.graceHours", 2)).toMatchObject({ value: 2, source: "ORGANISATION" });
  });

  it("is not written by who is suspended, but for him by who is above; by an API key it is written by nobody", async () => {
    const turn = async (field: string, input: Record<string, string>) => {
      const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`;
      await graph.execute(
        `mutation ($input: ${type}!) { ${field}(input: $input) { __typename } }`,
        { input },
        as(reseller),
      );
    };
    await turn("suspendOrganisation", { organisationId: customer, reason: "Not paid" });
    expect(await set(as(customer), "mfa.required", true)).toMatchObject({ reason: "ORGANISATION_SUSPENDED" });
    const key = as(reseller, { apiKey: { requestsPerMinute: 600 } });
    expect(await set(key, "mfa.required", true, customer)).toMatchObject({ value: true, changedBy: null });
    await turn("reactivateOrganisation", { organisationId: customer });
  });

  it("of a foreign organisation is NOT_FOUND to write and to reset", async () => {
    for (const foreign of [sibling, reseller, otherReseller, id()]) {
      expect(await set(as(customer), "mfa.required", true, foreign)).toMatchObject({ code: "NOT_FOUND" });
      expect(await reset(as(customer), "mfa.required", foreign)).toMatchObject({ code: "NOT_FOUND" });
    }
  });

  it("is refused with the field's name where the key or the value is wrong", async () => {
    const problem = (path: string, reason: string) => ({ code: "INVALID_INPUT", fields: [{ path: [path], reason }] });
    expect(await set(as(operator), "no.such", 1)).toMatchObject(problem("key", "UNKNOWN_SETTING"));
    expect(await set(as(operator), "toString", 1)).toMatchObject(problem("key", "UNKNOWN_SETTING"));
    expect(await set(as(operator), "billing.graceHours", -1)).toMatchObject(problem("value", "OUT_OF_RANGE"));
    expect(await set(as(operator), "mfa.required", "yes")).toMatchObject(problem("value", "NOT_A_BOOLEAN"));
  });

  it("that the environment sets is shown so, and not written", async () => {
    vi.stubEnv("MFA_REQUIRED", "true");
    expect(await read(as(customer), "mfa.required")).toMatchObject({ value: true, isSet: true, source: "ENVIRONMENT" });
    for (const result of [await set(as(customer), "mfa.required", false), await reset(as(customer), "mfa.required")])
      expect(result).toMatchObject({ code: "FORBIDDEN", reason: "POLICY" });
    vi.stubEnv("SETTINGS_SET_ELSEWHERE", "mail.smtpUrl");
    expect(await read(as(operator), "mail.smtpUrl")).toMatchObject({ value: null, isSet: true, source: "ENVIRONMENT" });
  });

  it("leaves a record with before and after, and none where nothing changed", async () => {
    await set(as(customer), "mfa.rememberDeviceDays", 30);
    await set(as(customer), "mfa.rememberDeviceDays", 30);
    await reset(as(customer), "mfa.rememberDeviceDays");
    await reset(as(customer), "mfa.rememberDeviceDays");
    const rows = await graph.subgraph.database.system(
      "test",
      (tx) => tx.sql<{ payload: { before: unknown; after: unknown } }[]>`select payload from outbox
        where type = 'audit.recorded' and organisation_id = ${customer} and payload->>'resourceId' = 'mfa.rememberDeviceDays'
        and payload->>'outcome' = 'SUCCEEDED' order by id`,
    );
    const [off, on] = [
      { isSet: false, value: null },
      { isSet: true, value: 30 },
    ];
    expect(rows.map(({ payload }) => [payload.before, payload.after])).toMatchObject([
      [off, on],
      [on, off],
    ]);
  });

  it("is told to the others again each night, secrets sealed as ever, so that a restored copy has it all", async () => {
    await set(as(customer), "mfa.required", true);
    await set(as(operator), "mail.smtpUrl", SECRET);
    const told = () =>
      graph.subgraph.database.system(
        "test",
        (tx) => tx.sql<{ version: string; key: string }[]>`select payload->>'version' as version, payload->>'key' as key
          from outbox where type = 'setting.changed' and topic is null order by key`,
      );
    expect(await told()).toEqual([]);
    await graph.subgraph.runJob("retell-settings");
    expect(await told()).toEqual([
      { version: "1", key: "mail.smtpUrl" },
      { version: "1", key: "mfa.required" },
    ]);
  });

  it("written by two at once ends as one of them, and every state is announced with a version of its own", async () => {
    const writers = [1, 2, 3, 4, 5, 6];
    await Promise.all(writers.map((hours) => set(as(reseller), "billing.graceHours", hours)));
    const rows = await graph.subgraph.database.system(
      "test",
      (tx) => tx.sql<{ payload: { value: number; version: string } }[]>`select payload from outbox
        where type = 'setting.changed' and organisation_id = ${reseller}
        and payload->>'key' = 'billing.graceHours' order by aggregate_version desc limit 6`,
    );
    expect(rows.map(({ payload }) => payload.version)).toEqual(["6", "5", "4", "3", "2", "1"]);
    expect(rows.map(({ payload }) => payload.value).sort()).toEqual(writers);
    expect((await read(as(reseller), "billing.graceHours"))["value"]).toBe(rows[0]?.payload.value);
  });
});

describe("a secret setting in the graph", () => {
  it("is in no answer, event, trail or table in clear; that there is one is told", async () => {
    const answers = [
      await set(as(operator), "mail.smtpUrl", SECRET),
      await set(as(operator), "mail.smtpUrl", `${SECRET}0`),
      await set(as(operator), "mail.smtpUrl", "very-secret-word"),
      await read(as(operator), "mail.smtpUrl"),
    ];
    expect(answers[0]).toMatchObject({ value: null, isSet: true, source: "ORGANISATION" });
    expect(answers[2]).toMatchObject({ code: "INVALID_INPUT" });
    await until(async () => (await graph.subgraph.health()).every(({ ready }) => ready));
    await graph.subgraph.delivered();
    const tables = await graph.subgraph.database.system("test", async (tx) => [
      ...(await tx.sql`select o::text as text from outbox o`),
      ...(await tx.sql`select s::text as text from setting_value s`),
      ...(await tx.sql`select a::text as text from audit_entry a`),
    ]);
    expect(tables.some(({ text }) => String(text).includes("mail.smtpUrl"))).toBe(true);
    const hex = Buffer.from("very-secret-word").toString("hex");
    for (const text of [
      ...answers.map((answer) => JSON.stringify(answer)),
      ...tables.map((row) => String(row["text"])),
    ]) {
      expect(text).not.toContain("very-secret-word");
      expect(text).not.toContain(hex);
    }
  });
});
