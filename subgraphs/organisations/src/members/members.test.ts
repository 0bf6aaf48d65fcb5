import { until } from "@tollgate/kit/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type BuiltInRoleName, builtInRoleByName } from "../roles/roles.js";
import { TestMembers, type TestPerson } from "../testing/members.js";

const PROBLEM = "... on Problem { code message } ... on RoleRefusedProblem { missingPermissions isLastOwner }";
const ASSIGN = `mutation ($id: ID!, $roles: [ID!]!) { assignRoles(input: { memberId: $id, roleIds: $roles }) {
  __typename ... on Member { id roles { name } } ${PROBLEM} } }`;
const REMOVE = `mutation ($id: ID!) { removeMember(input: { memberId: $id }) { __typename ... on Member { id } ${PROBLEM} } }`;
const MEMBERS = "{ organisation { members(first: 100) { nodes { id } } } }";

let members: TestMembers;
let owner: TestPerson;

beforeAll(async () => {
  members = await TestMembers.start(inject("postgresUrl"));
  owner = await members.join(members.customer, "owner");
});

afterAll(() => members.stop());

const assign = (by: TestPerson, to: Pick<TestPerson, "memberId">, ...names: BuiltInRoleName[]) =>
  members.ask(by, ASSIGN, { id: to.memberId, roles: names.map((name) => builtInRoleByName(name).id) });
const remove = (by: TestPerson, who: TestPerson) => members.ask(by, REMOVE, { id: who.memberId });

const ownersOf = (organisationId: string) =>
  members.graph.subgraph.database.system("test", async (tx) => {
    const rows = await tx.sql`
      select 1 from membership_role where organisation_id = ${organisationId} and role_id = ${builtInRoleByName("owner").id}`;
    return rows.length;
  });

describe("the roles of a member", () => {
  it("are replaced, told to the others and recorded with what they were", async () => {
    const person = await members.join(members.customer, "viewer");
    expect(await assign(owner, person, "technical", "billing")).toMatchObject({
      __typename: "Member",
      roles: [{ name: "billing" }, { name: "technical" }],
    });
    await until(() => members.lastTold(person.userId)?.permissions.includes("vm:power") === true);
    expect(members.lastTold(person.userId)).toMatchObject({ isOwner: false, organisationId: members.customer });
    await until(() =>
      members.recorded.some(
        ({ resourceId, before, after, actorId }) =>
          resourceId === person.memberId &&
          actorId === owner.userId &&
          JSON.stringify(before).includes("viewer") &&
          JSON.stringify(after).includes("technical"),
      ),
    );
  });

  it("are given by an organisation above as well, and by nobody beside", async () => {
    const [above, beside] = [
      await members.join(members.reseller, "admin"),
      await members.join(members.otherReseller, "owner"),
    ];
    const person = await members.join(members.customer, "viewer");
    expect(await assign(above, person, "technical")).toMatchObject({ __typename: "Member" });
    expect(await assign(beside, person, "viewer")).toMatchObject({ __typename: "NotFoundProblem" });
    expect(await assign(beside, { memberId: "nobody" }, "viewer")).toMatchObject({ __typename: "NotFoundProblem" });
  });

  it("are only those that the giver holds in full, and an admin does not demote an owner", async () => {
    const [admin, person, secondOwner] = [
      await members.join(members.customer, "admin"),
      await members.join(members.customer, "viewer"),
      await members.join(members.customer, "owner"),
    ];
    const refused = await assign(admin, person, "owner");
    expect(refused).toMatchObject({ __typename: "RoleRefusedProblem", isLastOwner: false });
    expect(refused["missingPermissions"]).toEqual(["contact:erase", "user:erase"]);
    expect(await assign(admin, secondOwner, "viewer")).toMatchObject({ __typename: "RoleRefusedProblem" });
    expect(await remove(admin, secondOwner)).toMatchObject({ __typename: "RoleRefusedProblem" });
    expect(await assign(admin, person, "technical", "admin")).toMatchObject({ __typename: "Member" });
  });
});

describe("the last owner", () => {
  const alone = { code: "FORBIDDEN", isLastOwner: true, missingPermissions: [] };

  it("is neither demoted nor removed, by oneself or from above", async () => {
    const [last, above] = [
      await members.join(members.otherCustomer, "owner"),
      await members.join(members.otherReseller, "owner"),
    ];
    for (const by of [last, above]) {
      expect(await assign(by, last, "admin")).toMatchObject(alone);
      expect(await remove(by, last)).toMatchObject(alone);
    }
    expect(await assign(last, last, "owner", "viewer")).toMatchObject({ __typename: "Member" });
  });

  it("stays when two owners demote each other at the same moment", async () => {
    for (let round = 0; round < 5; round += 1) {
      const [one, other] = [
        await members.join(members.otherCustomer, "owner"),
        await members.join(members.otherCustomer, "owner"),
      ];
      const before = await ownersOf(members.otherCustomer);
      await Promise.all([assign(one, other, "viewer"), assign(other, one, "viewer"), remove(one, other)]);
      expect(await ownersOf(members.otherCustomer)).toBeGreaterThanOrEqual(1);
      expect(await ownersOf(members.otherCustomer)).toBeLessThan(before);
    }
  });

  it("is not made up for by an owner who cannot sign in any more", async () => {
    const [last, gone] = [await members.join(members.operator, "owner"), await members.join(members.operator, "owner")];
    await members.graph.subgraph.database.system(
      "test",
      (tx) => tx.sql`
        insert into person (user_id, organisation_id, email, display_name, status, version)
        values (${gone.userId}, ${members.operator}, 'gone@example.com', 'Gone', 'DEACTIVATED', 1)`,
    );
    expect(await assign(last, last, "admin")).toMatchObject(alone);
  });
});

describe("removing a member", () => {
  it("ends the membership and everything that it allowed", async () => {
    const person = await members.join(members.customer, "technical");
    expect(await remove(owner, person)).toMatchObject({ __typename: "Member", id: person.memberId });
    await until(() => members.lastTold(person.userId)?.permissions.length === 0);
    const { members: left } = (await members.ask(owner, MEMBERS)) as unknown as {
      members: { nodes: { id: string }[] };
    };
    expect(left.nodes.map(({ id }) => id)).not.toContain(person.memberId);
    expect(await remove(owner, person)).toMatchObject({ __typename: "NotFoundProblem" });
  });

  it("is also how one leaves", async () => {
    const manager = await members.join(members.customer, "admin");
    expect(await remove(manager, manager)).toMatchObject({ __typename: "Member" });
  });
});

describe("whatever is asked in whatever order", () => {
  it("leaves an owner, and gives nobody a permission that no giver held", async () => {
    const NAMES: BuiltInRoleName[] = ["owner", "admin", "billing", "technical", "support", "viewer"];
    const step = fc.record({
      by: fc.nat(3),
      to: fc.nat(3),
      names: fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const people = await Promise.all([
          members.join(members.otherReseller, "admin"),
          members.join(members.otherReseller, "admin"),
          members.join(members.otherReseller, "billing"),
          members.join(members.otherReseller, "viewer"),
        ]);
        const asAdmin = people.map((person) => ({ ...person, permissions: people[0]?.permissions ?? [] }));
        for (const { by, to, names } of steps) {
          const [giver, taker] = [asAdmin[by], people[to]];
          if (giver && taker) await assign(giver, taker, ...names);
        }
        const rows = await members.graph.subgraph.database.system(
          "test",
          (tx) => tx.sql<{ role_id: string }[]>`
            select role_id from membership_role where membership_id = any(${people.map(({ memberId }) => memberId)}::uuid[])`,
        );
        // Nobody among them was an owner, so nobody can have become one.
        expect(rows.map((row) => row.role_id)).not.toContain(builtInRoleByName("owner").id);
      }),
      { numRuns: 10, seed: 7 },
    );
  });
});
