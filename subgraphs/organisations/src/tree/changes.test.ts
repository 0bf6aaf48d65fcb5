import { randomUUID } from "node:crypto";
import { countStatements } from "@tollgate/kit";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Forest } from "../testing/forest.js";

let forest: Forest;
let [reseller, otherReseller, customer, otherCustomer] = ["", "", "", ""];

beforeAll(async () => {
  forest = await Forest.start(inject("postgresUrl"));
  reseller = await forest.add({ parentId: forest.operator, kind: "RESELLER", name: "Reseller" });
  otherReseller = await forest.add({ parentId: forest.operator, kind: "RESELLER", name: "Other reseller" });
  customer = await forest.add({ parentId: reseller, kind: "CUSTOMER", name: "Customer" });
  otherCustomer = await forest.add({ parentId: otherReseller, kind: "CUSTOMER", name: "Other customer" });
});

afterAll(() => forest.stop());

const key = () => randomUUID();
const names = async (org: string, id: string | null = null) => {
  const document = "query ($id: ID) { organisation(id: $id) { estate(first: 100) { nodes { name } } } }";
  const { data } = await forest.organisations.execute(document, { id }, forest.as(org));
  const { organisation } = data as { organisation: { estate: { nodes: { name: string }[] } } | null };
  return organisation?.estate.nodes.map(({ name }) => name) ?? null;
};

describe("creating an organisation", () => {
  it("puts it below the caller's own, or below one of the estate, once per key", async () => {
    const input = { name: "  Fresh \n water ", kind: "CUSTOMER", idempotencyKey: key() };
    const first = await forest.change("createOrganisation", input, forest.as(reseller));
    expect(first.answer).toMatchObject({ name: "Fresh water", status: "ACTIVE", depth: 2, parent: { id: reseller } });
    expect(BigInt(first.version ?? "0")).toBeGreaterThan(0n);
    expect(await forest.change("createOrganisation", input, forest.as(reseller))).toEqual(first);
    const other = await forest.change("createOrganisation", { ...input, name: "Else" }, forest.as(reseller));
    expect(other.answer).toMatchObject({ code: "CONFLICT" });
    const [nearest, ...further] = (await names(reseller)) ?? [];
    expect([nearest, ...further.sort()]).toEqual(["Reseller", "Customer", "Fresh water"]);
    await forest.organisations.subgraph.delivered();
    const [place] = await forest.follower.subgraph.database.system(
      "test",
      (tx) => tx.sql`select status from tenancy where organisation_id = ${String(first.answer?.["id"])}`,
    );
    expect(place).toEqual({ status: "ACTIVE" });
  });

  it("goes below the organisation that the caller has narrowed to, which can be changed itself as well", async () => {
    const input = { name: "Narrowed", kind: "CUSTOMER", idempotencyKey: key() };
    const narrowed = forest.as(forest.operator, {}, { narrowedOrganisationId: otherReseller });
    const { answer } = await forest.change("createOrganisation", input, narrowed);
    expect(answer).toMatchObject({ depth: 2 });
    expect(await names(otherReseller)).toContain("Narrowed");
    const suspend = { organisationId: otherReseller, reason: "Unpaid" };
    expect((await forest.change("suspendOrganisation", suspend, narrowed)).answer).toMatchObject({ depth: 1 });
    const back = await forest.change("reactivateOrganisation", { organisationId: otherReseller }, narrowed);
    expect(back.answer).toMatchObject({ status: "ACTIVE" });
    const above = { name: "Above", kind: "CUSTOMER", parentId: forest.operator, idempotencyKey: key() };
    expect((await forest.change("createOrganisation", above, narrowed)).answer).toMatchObject({ code: "NOT_FOUND" });
  });

  it.each([
    ["a name that is too long", { name: "x".repeat(121) }, { code: "INVALID_INPUT", fields: [{ path: ["name"] }] }],
    ["a second operator", { kind: "INTERNAL" }, { code: "INVALID_INPUT", fields: [{ path: ["kind"] }] }],
    ["something below a customer", { parentId: "customer" }, { code: "INVALID_INPUT" }],
    ["a place outside the estate", { parentId: "foreign" }, { code: "NOT_FOUND" }],
    ["a place that is no id", { parentId: "nowhere" }, { code: "NOT_FOUND" }],
  ])("refuses %s", async (_, wrong, expected) => {
    const parents: Record<string, string> = { customer, foreign: otherReseller };
    const given = { name: "New", kind: "CUSTOMER", idempotencyKey: key(), ...wrong };
    const parentId = "parentId" in given ? (parents[given.parentId] ?? given.parentId) : reseller;
    const { answer } = await forest.change("createOrganisation", { ...given, parentId }, forest.as(reseller));
    expect(answer).toMatchObject(expected);
  });

  it("is not for a suspended organisation, which may read and pay only", async () => {
    await forest.change("suspendOrganisation", { organisationId: otherReseller, reason: "Unpaid" });
    const own = forest.as(otherReseller);
    const create = { name: "New", kind: "CUSTOMER", idempotencyKey: key() };
    const suspended = { code: "FORBIDDEN", reason: "ORGANISATION_SUSPENDED" };
    expect((await forest.change("createOrganisation", create, own)).answer).toMatchObject(suspended);
    const rename = { organisationId: otherCustomer, name: "New" };
    expect((await forest.change("renameOrganisation", rename, own)).answer).toMatchObject(suspended);
    const reactivate = { organisationId: otherReseller };
    expect((await forest.change("reactivateOrganisation", reactivate)).answer).toMatchObject({ status: "ACTIVE" });
  });
});

describe("renaming an organisation", () => {
  it("is for one's own and all below, and asks for the permission", async () => {
    const rename = (organisationId: string, name: string, permissions = ["organisation:read", "organisation:update"]) =>
      forest.change("renameOrganisation", { organisationId, name }, forest.as(reseller, { permissions }));
    expect((await rename(reseller, "Renamed")).answer).toMatchObject({ name: "Renamed" });
    expect((await rename(reseller, "Reseller")).answer).toMatchObject({ name: "Reseller" });
    expect((await rename(customer, " ")).answer).toMatchObject({ code: "INVALID_INPUT" });
    expect((await rename(otherCustomer, "Mine")).answer).toMatchObject({ code: "NOT_FOUND" });
    expect((await rename(customer, "Mine", ["organisation:read"])).code).toBe("FORBIDDEN");
  });
});

describe("moving a branch", () => {
  it("takes everything below along, and changes who sees what, there and in other subgraphs", async () => {
    const branch = await forest.add({ parentId: reseller, kind: "RESELLER", name: "Branch" });
    const leaf = await forest.add({ parentId: branch, kind: "CUSTOMER", name: "Leaf" });
    const input = { organisationId: branch, newParentId: otherReseller, idempotencyKey: key() };
    const moved = await forest.change("moveOrganisation", input);
    expect(moved.answer).toMatchObject({ id: branch, depth: 2, parent: { id: otherReseller } });
    expect(await forest.change("moveOrganisation", input)).toEqual(moved);
    expect(await names(reseller, leaf)).toBeNull();
    expect(await names(otherReseller, leaf)).toEqual(["Leaf"]);
    await forest.organisations.subgraph.delivered();
    const note = (org: string) =>
      forest.follower.subgraph.database.read(
        { ...forest.as(org), kind: "USER", organisationId: org } as never, // as callerOf makes one of its claims
        (tx) => tx.sql`select t.organisation_id from tenancy t where t.organisation_id = ${leaf}
          and t.path >= current_setting('tollgate.path') collate "C"
          and t.path < (current_setting('tollgate.path') || '~') collate "C"`,
      );
    expect(await note(reseller)).toEqual([]);
    expect(await note(otherReseller)).toHaveLength(1);
  });

  it("is refused into its own branch, below a customer, to where it is, beyond eight levels, and for one's own", async () => {
    const top = await forest.add({ parentId: forest.operator, kind: "RESELLER", name: "Top" });
    const chain = [top];
    for (let depth = 2; depth <= 8; depth += 1)
      chain.push(await forest.add({ parentId: chain.at(-1) ?? top, kind: "RESELLER" }));
    const move = (organisationId: string, newParentId: string, as = forest.as(forest.operator)) =>
      forest.change("moveOrganisation", { organisationId, newParentId, idempotencyKey: key() }, as);
    const fields = (path: string, reason: string) => ({ code: "INVALID_INPUT", fields: [{ path: [path], reason }] });
    expect((await move(top, chain[3] ?? "")).answer).toMatchObject(fields("newParentId", "OWN_BRANCH"));
    expect((await move(top, top)).answer).toMatchObject(fields("newParentId", "OWN_BRANCH"));
    expect((await move(top, customer)).answer).toMatchObject(fields("newParentId", "CUSTOMER_ABOVE"));
    expect((await move(top, reseller)).answer).toMatchObject(fields("newParentId", "TOO_DEEP"));
    expect((await move(top, forest.operator)).answer).toMatchObject({ code: "CONFLICT" });
    expect((await move(reseller, top, forest.as(reseller))).answer).toMatchObject({ reason: "NOT_BELOW" });
    expect((await move(customer, otherReseller, forest.as(reseller))).answer).toMatchObject({ code: "NOT_FOUND" });
    expect((await move(otherCustomer, reseller, forest.as(reseller))).answer).toMatchObject({ code: "NOT_FOUND" });
  });

  it("suspends and frees what is moved below what is suspended, and away from it", async () => {
    const [away, active] = [
      await forest.add({ parentId: forest.operator, kind: "RESELLER", name: "Away" }),
      await forest.add({ parentId: forest.operator, kind: "RESELLER", name: "Active" }),
    ];
    const moving = await forest.add({ parentId: active, kind: "CUSTOMER", name: "Moving" });
    await forest.change("suspendOrganisation", { organisationId: away, reason: "Unpaid" });
    const move = (newParentId: string) =>
      forest.change("moveOrganisation", { organisationId: moving, newParentId, idempotencyKey: key() });
    expect((await move(away)).answer).toMatchObject({ status: "SUSPENDED" });
    expect((await move(active)).answer).toMatchObject({ status: "ACTIVE" });
  });
});

describe("a change that changes nobody's place or status", () => {
  it("is found all the same by whoever waits for its version of the tree", async () => {
    const above = await forest.add({ parentId: forest.operator, kind: "RESELLER", name: "Above" });
    const inner = await forest.add({ parentId: above, kind: "CUSTOMER", name: "Inner" });
    await forest.change("suspendOrganisation", { organisationId: above, reason: "Unpaid" });
    const { version } = await forest.change("suspendOrganisation", { organisationId: inner, reason: "Unpaid too" });
    await forest.organisations.subgraph.delivered();
    const [newest] = await forest.follower.subgraph.database.system(
      "test",
      (tx) => tx.sql`select max(version)::text as version from tenancy`,
    );
    expect(newest).toEqual({ version });
    await forest.change("reactivateOrganisation", { organisationId: above });
    await forest.change("reactivateOrganisation", { organisationId: inner });
  });
});

describe("looking through an estate", () => {
  it("finds by part of a name whatever its case, by kind, status and parent, and nothing for what is no id", async () => {
    const find = async (filter: object) => {
      const document = `query ($filter: OrganisationFilter) {
        organisation { estate(first: 100, filter: $filter) { totalCount nodes { name } } } }`;
      const { data } = await forest.organisations.execute(document, { filter }, forest.as(forest.operator));
      const { estate } = (data as { organisation: { estate: { totalCount: number; nodes: { name: string }[] } } })
        .organisation;
      expect(estate.totalCount).toBe(estate.nodes.length);
      return estate.nodes.map(({ name }) => name);
    };
    expect(await find({ search: "OTHER" })).toEqual(["Other reseller", "Other customer"]);
    expect(await find({ search: "other", kind: ["CUSTOMER"] })).toEqual(["Other customer"]);
    expect(await find({ search: "100%" })).toEqual([]);
    expect(await find({ parentId: otherReseller, kind: ["CUSTOMER"] })).toContain("Other customer");
    expect(await find({ parentId: "nowhere" })).toEqual([]);
    expect(await find({ status: ["SUSPENDED"] })).toEqual(["Away"]);
  });

  it("asks the database as often for many organisations as for few", async () => {
    const document = `{ organisation { estate(first: 100) { totalCount nodes {
      parent { name } tree(depth: 1) { name } estate(first: 3) { totalCount nodes { name parent { name } } } } } } }`;
    const statements = async (org: string) => {
      const asked = async () => {
        const { errors } = await forest.organisations.execute(document, {}, forest.as(org));
        expect(errors).toBeUndefined();
      };
      return (await countStatements(asked)).length;
    };
    expect(await statements(forest.operator)).toBe(await statements(reseller));
  });
});
