import { randomUUID } from "node:crypto";
import { countStatements } from "@tollgate/kit";
import type { AccessClaims } from "@tollgate/kit/protocol";
import { requestCaller, TestSubgraph, until } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { organisationsSubgraph, seedOrganisations, tenancySourceOf } from "./index.js";
import { PERMISSIONS } from "./roles/permissions.js";
import { BUILT_IN_ROLES, permissionsOfRole } from "./roles/roles.js";
import { addOrganisation } from "./tree/tree.js";

const id = () => randomUUID();
const [operator, reseller, customer, sibling, otherReseller, otherCustomer] = [id(), id(), id(), id(), id(), id()];
const [operatorUser, resellerUser, customerUser, viewerUser] = [id(), id(), id(), id()];
const ALL = PERMISSIONS.map((permission) => permission.key);

let graph: TestSubgraph;

/** The value of a root field; null where it failed. */
const root = <T>(data: unknown, name: string): T => (data as Record<string, T>)[name] as T; // as the query asked for it

const as = (org: string, claims: Partial<AccessClaims> = {}) => requestCaller({ org, permissions: ALL, ...claims });

beforeAll(async () => {
  graph = await TestSubgraph.start(inject("postgresUrl"), organisationsSubgraph(), null);
  await seedOrganisations(graph.subgraph, {
    organisations: [
      { id: operator, parentId: null, name: "Operator", kind: "INTERNAL" },
      { id: reseller, parentId: operator, name: "Reseller", kind: "RESELLER" },
      { id: otherReseller, parentId: operator, name: "Other reseller", kind: "RESELLER" },
      { id: customer, parentId: reseller, name: "Customer", kind: "CUSTOMER" },
      { id: sibling, parentId: reseller, name: "Sibling", kind: "CUSTOMER" },
      { id: otherCustomer, parentId: otherReseller, name: "Other customer", kind: "CUSTOMER" },
    ],
    members: [
      { userId: operatorUser, organisationId: operator, roles: ["owner"] },
      { userId: resellerUser, organisationId: reseller, roles: ["owner"] },
      { userId: customerUser, organisationId: customer, roles: ["owner"] },
      { userId: viewerUser, organisationId: customer, roles: ["viewer", "billing"] },
    ],
  });
});

afterAll(() => graph.stop());

const names = async (org: string) => {
  const query = "{ organisation { estate(first: 100) { totalCount nodes { name } } } }";
  const { data } = await graph.execute(query, {}, as(org));
  const { estate } = root<{ estate: { totalCount: number; nodes: { name: string }[] } }>(data, "organisation");
  expect(estate.totalCount).toBe(estate.nodes.length);
  return estate.nodes.map((node) => node.name).sort();
};

interface Page {
  nodes: { id: string }[];
  pageInfo: { hasNextPage: boolean; endCursor: string };
}

describe("the tree", () => {
  it("shows everybody its own estate", async () => {
    expect(await names(customer)).toEqual(["Customer"]);
    expect(await names(reseller)).toEqual(["Customer", "Reseller", "Sibling"]);
    expect(await names(operator)).toHaveLength(6);
  });

  it("hides what is above: a customer has no parent, and its reseller's id is NOT_FOUND", async () => {
    const query = "query ($id: ID) { organisation(id: $id) { name parent { name } } }";
    expect((await graph.execute(query, {}, as(customer))).data).toEqual({
      organisation: { name: "Customer", parent: null },
    });
    for (const foreign of [reseller, operator, sibling, otherCustomer, randomUUID()]) {
      const { data, errors } = await graph.execute(query, { id: foreign }, as(customer));
      expect(data).toEqual({ organisation: null });
      expect(errors?.[0]?.extensions).toMatchObject({ code: "NOT_FOUND" });
    }
  });

  it("pages through an estate without missing or repeating anybody, in every order", async () => {
    const query = `query ($after: String, $order: OrganisationOrder) {
      organisation { estate(first: 2, after: $after, order: $order) { nodes { id } pageInfo { hasNextPage endCursor } } } }`;
    for (const by of ["TREE", "NAME", "CREATED_AT"]) {
      for (const direction of ["ASCENDING", "DESCENDING"]) {
        const seen: string[] = [];
        let after: string | null = null;
        for (let more = true; more; ) {
          const { data } = await graph.execute(query, { after, order: { by, direction } }, as(operator));
          const { estate } = root<{ estate: Page }>(data, "organisation");
          seen.push(...estate.nodes.map((node) => node.id));
          after = estate.pageInfo.endCursor;
          more = estate.pageInfo.hasNextPage;
        }
        expect(new Set(seen).size).toBe(6);
        expect(seen).toHaveLength(6);
      }
    }
  });

  it("lists a branch down to a depth, in tree order", async () => {
    const query = "query ($depth: Int) { organisation { tree(depth: $depth) { name depth } } }";
    const { data } = await graph.execute(query, { depth: 1 }, as(operator));
    const { tree } = root<{ tree: { name: string; depth: number }[] }>(data, "organisation");
    expect(tree[0]).toEqual({ name: "Operator", depth: 0 });
    expect(tree.map((node) => node.depth)).toEqual([0, 1, 1]);
    const { errors } = await graph.execute(query, { depth: 9 }, as(operator));
    expect(errors?.[0]?.extensions).toMatchObject({ code: "INVALID_INPUT" });
  });

  it("refuses a customer above anybody and a ninth level", async () => {
    const add = (parentId: string, kind: "RESELLER" | "CUSTOMER", own = randomUUID()) =>
      graph.subgraph.database
        .system("test", (tx) => addOrganisation(tx, { id: own, parentId, name: "New", kind }))
        .then(() => own);
    await expect(add(otherCustomer, "CUSTOMER")).rejects.toMatchObject({ code: "INVALID_INPUT" });
    const root = await add(operator, "RESELLER");
    let parent = root;
    for (let depth = 2; depth <= 8; depth += 1) parent = await add(parent, "RESELLER");
    await expect(add(parent, "CUSTOMER")).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });
});

describe("suspension", () => {
  const SUSPEND = `mutation ($id: ID!) { suspendOrganisation(input: { organisationId: $id, reason: "Unpaid invoices" }) {
    __typename ... on Organisation { status statusReason } ... on Problem { code message } ... on ForbiddenProblem { reason } } }`;
  const REACTIVATE = `mutation ($id: ID!) { reactivateOrganisation(input: { organisationId: $id }) {
    __typename ... on Organisation { status } ... on Problem { code } } }`;
  const status = async (org: string) => {
    const { data } = await graph.execute(
      "query ($id: ID) { organisation(id: $id) { status } }",
      { id: org },
      as(operator),
    );
    return root<{ status: string }>(data, "organisation").status;
  };

  it("counts for the branch below, comes back, and tells the version of the tree", async () => {
    const suspended = await graph.execute(SUSPEND, { id: otherReseller }, as(operator));
    expect(suspended.data?.["suspendOrganisation"]).toMatchObject({
      status: "SUSPENDED",
      statusReason: "Unpaid invoices",
    });
    expect(await status(otherCustomer)).toBe("SUSPENDED");
    const version = suspended.extensions?.tenancyVersion ?? "";
    const changes = await tenancySourceOf(graph.subgraph).changes(`${BigInt(version) - 1n}`);
    expect(changes.map((change) => [change.organisationId, change.status]).sort()).toEqual(
      [
        [otherReseller, "SUSPENDED"],
        [otherCustomer, "SUSPENDED"],
      ].sort(),
    );
    const reactivated = await graph.execute(REACTIVATE, { id: otherReseller }, as(operator));
    expect(reactivated.data?.["reactivateOrganisation"]).toMatchObject({ status: "ACTIVE" });
    expect(await status(otherCustomer)).toBe("ACTIVE");
  });

  it("leaves what is suspended by itself suspended when the branch above comes back", async () => {
    await graph.execute(SUSPEND, { id: otherCustomer }, as(otherReseller));
    await graph.execute(SUSPEND, { id: otherReseller }, as(operator));
    await graph.execute(REACTIVATE, { id: otherReseller }, as(operator));
    expect(await status(otherCustomer)).toBe("SUSPENDED");
    await graph.execute(REACTIVATE, { id: otherCustomer }, as(otherReseller));
    expect(await status(otherCustomer)).toBe("ACTIVE");
  });

  it("never acts on oneself, upwards or sideways, nor twice", async () => {
    const refused = async (id: string, org: string) =>
      (await graph.execute(SUSPEND, { id }, as(org))).data?.["suspendOrganisation"];
    expect(await refused(reseller, reseller)).toMatchObject({ __typename: "ForbiddenProblem", reason: "NOT_BELOW" });
    expect(await refused(operator, reseller)).toMatchObject({ code: "NOT_FOUND" });
    expect(await refused(otherCustomer, reseller)).toMatchObject({ code: "NOT_FOUND" });
    await graph.execute(SUSPEND, { id: sibling }, as(reseller));
    expect(await refused(sibling, reseller)).toMatchObject({ code: "CONFLICT" });
    await graph.execute(REACTIVATE, { id: sibling }, as(reseller));
  });

  it("asks for the permission", async () => {
    const { errors } = await graph.execute(
      SUSPEND,
      { id: customer },
      as(reseller, { permissions: ["organisation:read"] }),
    );
    expect(errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN", permission: "organisation:suspend" });
  });
});

describe("members and roles", () => {
  it("give a user its organisation, roles and sorted permissions; those of others only with member:read", async () => {
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) {
      ... on User { organisation { name } roles { name isBuiltIn } permissions } } }`;
    const ask = async (caller: ReturnType<typeof as>) =>
      (await graph.execute(query, { r: [{ __typename: "User", id: viewerUser }] }, caller)).data?.["_entities"];
    const [own] = (await ask(as(customer, { sub: viewerUser, permissions: ["organisation:read"] }))) as {
      permissions: string[];
      roles: { name: string }[];
    }[];
    expect(own?.roles.map((role) => role.name)).toEqual(["billing", "viewer"]);
    expect(own?.permissions).toEqual([...(own?.permissions ?? [])].sort());
    expect(own?.permissions).toContain("wallet:topUp");
    expect(own?.permissions).not.toContain("topUp:approve");
    expect(await ask(as(customer, { permissions: ["organisation:read"] }))).toMatchObject([{ permissions: null }]);
    expect(await ask(as(sibling))).toEqual([null]);
  });

  it("are listed with their count per role, in statements that do not grow with the organisations", async () => {
    const query = "{ organisation { estate(first: 100) { nodes { roles { name memberCount } } } } }";
    const { data, errors } = await graph.execute(query, {}, as(reseller));
    expect(errors).toBeUndefined();
    expect(JSON.stringify(data)).toContain('"owner","memberCount":1');
    const statements = async (org: string) => (await countStatements(() => graph.execute(query, {}, as(org)))).length;
    expect(await statements(operator)).toBe(await statements(customer));
  });

  it("hold what the registry says: everything exists, nobody below the operator holds the operator's", () => {
    for (const role of BUILT_IN_ROLES) {
      const ofCustomer = permissionsOfRole(role, "CUSTOMER").map((permission) => permission.key);
      expect(ofCustomer).not.toContain("operations:read");
      expect(ofCustomer).not.toContain("organisation:suspend");
      expect(ofCustomer).toContain("organisation:read");
    }
    const [owner, admin] = BUILT_IN_ROLES;
    expect(owner && permissionsOfRole(owner, "INTERNAL").map((p) => p.key)).toEqual(ALL);
    expect(admin && permissionsOfRole(admin, "INTERNAL").map((p) => p.key)).not.toContain("user:erase");
  });
});

describe("the audit trail", () => {
  it("keeps changes and refusals with who and why, for the estate above", async () => {
    const query = `query ($filter: AuditFilter) { auditEntries(filter: $filter) { nodes {
      action outcome problem resourceId actorId organisation { name } before after } } }`;
    const foreign = as(customer, { sub: customerUser });
    await graph.execute("query ($id: ID) { organisation(id: $id) { name } }", { id: sibling }, foreign);
    const entries = async (org: string, filter = {}) => {
      const { data } = await graph.execute(query, { filter }, as(org));
      return root<{ nodes: Record<string, unknown>[] }>(data, "auditEntries").nodes;
    };
    const wanted = { outcome: ["REFUSED"], resourceId: sibling, actorId: customerUser };
    await until(async () => (await entries(reseller, wanted)).length > 0);
    expect((await entries(reseller, wanted))[0]).toMatchObject({
      action: "organisation:read",
      problem: "NOT_FOUND",
      organisation: { name: "Customer" },
    });
    const changes = { action: ["organisation:suspend"], outcome: ["SUCCEEDED"] };
    await until(async () => (await entries(operator, changes)).length >= 2);
    expect((await entries(operator, changes))[0]).toMatchObject({ problem: null });
    expect(await entries(otherCustomer, { resourceId: sibling })).toEqual([]);
  });

  it("cannot be changed by the subgraph itself", async () => {
    const change = graph.subgraph.database.system("test", (tx) => tx.sql`update audit_entry set action = 'x'`);
    await expect(change).rejects.toThrow(/permission denied/);
  });
});
