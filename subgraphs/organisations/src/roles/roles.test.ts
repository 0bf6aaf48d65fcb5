import { randomUUID } from "node:crypto";
import { countStatements } from "@tollgate/kit";
import { until } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { TestMembers, type TestPerson } from "../testing/members.js";
import { builtInRoleByName } from "./roles.js";
import { MOST_ROLES } from "./rules.js";

const PROBLEM = `... on Problem { code message } ... on RoleRefusedProblem { missingPermissions isLastOwner }
  ... on InvalidInputProblem { fields { path reason } } ... on ForbiddenProblem { reason }`;
const ROLE = "... on Role { id name description isBuiltIn memberCount permissions { key } }";
const CREATE = `mutation ($input: CreateRoleInput!) { createRole(input: $input) { __typename ${ROLE} ${PROBLEM} } }`;
const UPDATE = `mutation ($input: UpdateRoleInput!) { updateRole(input: $input) { __typename ${ROLE} ${PROBLEM} } }`;
const DELETE = `mutation ($id: ID!) { deleteRole(input: { roleId: $id }) { __typename ${ROLE} ${PROBLEM} } }`;
const ASSIGN = `mutation ($id: ID!, $roles: [ID!]!) { assignRoles(input: { memberId: $id, roleIds: $roles }) {
  __typename ... on Member { id roles { name } } ${PROBLEM} } }`;
const LIST = "{ organisation { roles { id name isBuiltIn memberCount permissions { key } } } }";

let members: TestMembers;
let owner: TestPerson;
let admin: TestPerson;

beforeAll(async () => {
  members = await TestMembers.start(inject("postgresUrl"));
  owner = await members.join(members.customer, "owner");
  admin = await members.join(members.customer, "admin");
});

afterAll(() => members.stop());

const unique = () => `Role ${randomUUID().slice(0, 8)}`;
const create = (by: TestPerson, permissions: readonly string[], rest: Record<string, unknown> = {}) =>
  members.ask(by, CREATE, { input: { name: unique(), permissions, ...rest } });
const update = (by: TestPerson, roleId: unknown, rest: Record<string, unknown>) =>
  members.ask(by, UPDATE, { input: { roleId, ...rest } });
const assign = (by: TestPerson, to: TestPerson, ...roles: unknown[]) =>
  members.ask(by, ASSIGN, { id: to.memberId, roles });
const keysOf = (role: Record<string, unknown>) => (role["permissions"] as { key: string }[]).map(({ key }) => key);

describe("a role of one's own", () => {
  it("holds what it was made with, is listed after the built-in ones, and counts its members", async () => {
    const role = await create(owner, ["vm:read", "vm:power", "vm:read"], { description: " Night shift " });
    expect(role).toMatchObject({ __typename: "Role", isBuiltIn: false, memberCount: 0, description: "Night shift" });
    expect(keysOf(role)).toEqual(["vm:read", "vm:power"]);
    const person = await members.join(members.customer, "viewer");
    expect(await assign(owner, person, role["id"])).toMatchObject({ roles: [{ name: role["name"] }] });
    const { roles } = (await members.ask(owner, LIST)) as unknown as { roles: Record<string, unknown>[] };
    expect(roles.slice(0, 6).every(({ isBuiltIn }) => isBuiltIn)).toBe(true);
    expect(roles.find(({ id }) => id === role["id"])).toMatchObject({ memberCount: 1 });
  });

  it("is given to members of its organisation only, and found by nobody outside of the estate", async () => {
    const role = await create(owner, ["vm:read"]);
    const [reseller, stranger] = [
      await members.join(members.reseller, "owner"),
      await members.join(members.otherReseller, "owner"),
    ];
    const colleague = await members.join(members.reseller, "viewer");
    expect(await assign(reseller, colleague, role["id"])).toMatchObject({ __typename: "NotFoundProblem" });
    expect(await update(stranger, role["id"], { name: "Mine" })).toMatchObject({ __typename: "NotFoundProblem" });
    expect(await members.ask(stranger, DELETE, { id: role["id"] })).toMatchObject({ __typename: "NotFoundProblem" });
    expect(await update(reseller, role["id"], { name: unique() })).toMatchObject({ __typename: "Role" });
  });

  it("says by field what is wrong with it", async () => {
    expect(await create(owner, ["vm:fly", "workerNode:manage"], { name: " Owner " })).toMatchObject({
      __typename: "InvalidInputProblem",
      fields: [
        { path: ["name"], reason: "RESERVED" },
        { path: ["permissions", "0"], reason: "UNKNOWN" },
        { path: ["permissions", "1"], reason: "NOT_HERE" },
      ],
    });
    expect(await create(owner, [], { name: "" })).toMatchObject({
      fields: [
        { path: ["name"], reason: "TOO_SHORT" },
        { path: ["permissions"], reason: "TOO_SHORT" },
      ],
    });
  });

  it("has a name that no other role of the organisation has, whatever the case", async () => {
    const name = unique();
    await create(owner, ["vm:read"], { name });
    const other = await create(owner, ["vm:read"]);
    expect(await create(owner, ["vm:read"], { name: name.toUpperCase() })).toMatchObject({ code: "CONFLICT" });
    expect(await update(owner, other["id"], { name })).toMatchObject({ code: "CONFLICT" });
    expect(await update(owner, other["id"], { name: String(other["name"]).toUpperCase() })).toMatchObject({
      __typename: "Role",
    });
  });

  it("is deleted only when nobody has it", async () => {
    const role = await create(owner, ["vm:read"]);
    const person = await members.join(members.customer, "viewer");
    await assign(owner, person, role["id"]);
    expect(await members.ask(owner, DELETE, { id: role["id"] })).toMatchObject({ __typename: "ConflictProblem" });
    await assign(owner, person, builtInRoleByName("viewer").id);
    expect(await members.ask(owner, DELETE, { id: role["id"] })).toMatchObject({ __typename: "Role", id: role["id"] });
    expect(await members.ask(owner, DELETE, { id: role["id"] })).toMatchObject({ __typename: "NotFoundProblem" });
  });

  it("ends at fifty for an organisation, also when many are made at once", async () => {
    const lonely = await members.join(members.otherCustomer, "owner");
    const answers = await Promise.all(Array.from({ length: MOST_ROLES + 3 }, () => create(lonely, ["vm:read"])));
    expect(answers.filter(({ __typename }) => __typename === "Role")).toHaveLength(MOST_ROLES);
    expect(answers.filter(({ __typename }) => __typename === "ConflictProblem")).toHaveLength(3);
  });

  it("leaves built-in roles alone", async () => {
    const { id } = builtInRoleByName("viewer");
    const refusal = { __typename: "ForbiddenProblem", reason: "POLICY" };
    expect(await update(owner, id, { permissions: ["vm:read"] })).toMatchObject(refusal);
    expect(await members.ask(owner, DELETE, { id })).toMatchObject(refusal);
  });
});

describe("a change of a role", () => {
  it("reaches everybody who has it at once, and older tokens are out of date", async () => {
    const role = await create(owner, ["vm:read"]);
    const people = [await members.join(members.customer, "viewer"), await members.join(members.customer, "support")];
    for (const person of people) await assign(owner, person, role["id"]);
    await update(owner, role["id"], { permissions: ["vm:power"] });
    await until(() => people.every(({ userId }) => members.lastTold(userId)?.permissions.join() === "vm:power"));
    await until(() =>
      members.recorded.some(
        ({ resourceId, before, after }) =>
          resourceId === role["id"] &&
          JSON.stringify([before, after]).includes("vm:read") &&
          JSON.stringify(after).includes("vm:power"),
      ),
    );
  });

  it("takes as many statements for twenty members as for one", async () => {
    const role = await create(owner, ["vm:read"]);
    const turn = async (...permissions: string[]) =>
      (await countStatements(() => update(owner, role["id"], { permissions }))).length;
    await assign(owner, await members.join(members.customer, "viewer"), role["id"]);
    const one = await turn("vm:power");
    for (let i = 0; i < 19; i += 1) {
      await assign(owner, await members.join(members.customer, "viewer"), role["id"]);
    }
    expect(await turn("vm:read")).toBe(one);
  });
});

describe("nobody gives what he does not hold", () => {
  it("neither by making a role, nor by widening one, nor by taking from one", async () => {
    const refusal = { __typename: "RoleRefusedProblem", code: "FORBIDDEN", missingPermissions: ["user:erase"] };
    expect(await create(admin, ["vm:read", "user:erase"])).toMatchObject(refusal);
    const lesser = await create(admin, ["vm:read"]);
    expect(await update(admin, lesser["id"], { permissions: ["vm:read", "user:erase"] })).toMatchObject(refusal);
    const greater = await create(owner, ["vm:read", "user:erase"]);
    expect(await update(admin, greater["id"], { permissions: ["vm:read"] })).toMatchObject(refusal);
    expect(await update(admin, greater["id"], { name: unique() })).toMatchObject({ __typename: "Role" });
  });

  it("also when the token still says so: the roles are read again", async () => {
    const demoted = await members.join(members.customer, "admin");
    await assign(owner, demoted, builtInRoleByName("viewer").id);
    expect(await create(demoted, ["vm:power"])).toMatchObject({ missingPermissions: ["vm:power"] });
    expect(await assign(demoted, demoted, builtInRoleByName("admin").id)).toMatchObject({
      __typename: "RoleRefusedProblem",
    });
  });
});
