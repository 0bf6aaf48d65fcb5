import { randomUUID } from "node:crypto";
import type { UserRegistration } from "@tollgate/kit/protocol";
import { requestCaller, until } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { ALL, InvitingOrganisations, RESEND, REVOKE } from "../invitations/testing/inviting.js";

let organisations: InvitingOrganisations;

beforeAll(async () => {
  organisations = await InvitingOrganisations.start(inject("postgresUrl"));
});

afterAll(() => organisations.stop());

const emailOf = (name: string) => `${name}-${randomUUID().slice(0, 8)}@example.com`;

/** Accounts tells of a new person; a different event each time, as after a crash. */
const register = async (registration: UserRegistration) => {
  await organisations.hear("user.registered", registration.userId, registration);
  const answers = () => [
    ...organisations.toldOf("member.changed", registration.userId),
    ...organisations.toldOf("registration.refused", registration.userId),
  ];
  await until(() => answers().length > 0);
};

const invitee = (invitationId: string, userId: string = randomUUID()): UserRegistration => ({
  userId,
  organisationId: organisations.ids.customer,
  origin: { kind: "INVITATION", invitationId },
});

const membersOf = async (userId: string) => {
  const rows = await organisations.graph.subgraph.database.system(
    "test",
    (tx) => tx.sql<{ organisation_id: string; invited_by: string | null }[]>`
      select organisation_id, invited_by from membership where user_id = ${userId}`,
  );
  return [...rows];
};

const stateOf = async (id: string) => {
  const [row] = await organisations.graph.subgraph.database.system(
    "test",
    (tx) => tx.sql<{ state: string; accepted_by: string | null }[]>`
      select state, accepted_by from invitation where id = ${id}`,
  );
  return row;
};

describe("a registration by invitation", () => {
  it("becomes a membership with the roles of the invitation, and ends it", async () => {
    const { id, token } = await organisations.invited(emailOf("new"), ["billing"]);
    const person = invitee(id);
    await register(person);
    const { customer, owner } = organisations.ids;
    expect(await membersOf(person.userId)).toEqual([{ organisation_id: customer, invited_by: owner }]);
    const [told] = organisations.toldOf("member.changed", person.userId) as { permissions: string[] }[];
    expect(told?.permissions).toContain("wallet:topUp");
    expect(told?.permissions).not.toContain("vm:power");
    expect(await stateOf(id)).toEqual({ state: "ACCEPTED", accepted_by: person.userId });
    expect(await organisations.preview(token)).toBeNull();
    expect(await organisations.run(REVOKE, { id })).toMatchObject({ __typename: "ConflictProblem" });
  });

  it("gives the same answer however often accounts asks, and makes one membership", async () => {
    const { id } = await organisations.invited(emailOf("repeated"));
    const person = invitee(id);
    await register(person);
    await register(person);
    await until(() => organisations.toldOf("member.changed", person.userId).length === 2);
    expect(await membersOf(person.userId)).toHaveLength(1);
    expect(organisations.toldOf("registration.refused", person.userId)).toEqual([]);
  });

  it("is refused when another was quicker with the same invitation", async () => {
    const { id } = await organisations.invited(emailOf("raced"));
    const people = [invitee(id), invitee(id)];
    await Promise.all(people.map(register));
    const yes = people.filter(({ userId }) => organisations.toldOf("member.changed", userId).length === 1);
    const no = people.filter(({ userId }) => organisations.toldOf("registration.refused", userId).length === 1);
    expect([yes.length, no.length]).toEqual([1, 1]);
    expect(await membersOf(no[0]?.userId ?? "")).toEqual([]);
  });

  it("is refused for an invitation that was revoked, of another organisation, or never was", async () => {
    const { id } = await organisations.invited(emailOf("revoked"));
    await organisations.run(REVOKE, { id });
    const { id: other } = await organisations.invited(emailOf("other"));
    const strangers = [
      invitee(id),
      { ...invitee(other), organisationId: organisations.ids.elsewhere },
      invitee(randomUUID()),
    ];
    for (const person of strangers) {
      await register(person);
      expect(organisations.toldOf("registration.refused", person.userId)).toHaveLength(1);
      expect(await membersOf(person.userId)).toEqual([]);
    }
  });

  it("ends with one of both when revoking and accepting meet", async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id } = await organisations.invited(emailOf("met"));
      const person = invitee(id);
      const [revoked] = await Promise.all([organisations.run(REVOKE, { id }), register(person)]);
      const isMember = (await membersOf(person.userId)).length === 1;
      expect(revoked.__typename).toBe(isMember ? "ConflictProblem" : "Invitation");
      expect((await stateOf(id))?.state).toBe(isMember ? "ACCEPTED" : "REVOKED");
    }
  });

  it("counts also when the invitation ran out or was sent again on the way: accounts had let the person in", async () => {
    const { id } = await organisations.invited(emailOf("slow"));
    organisations.ahead = 8 * 86_400_000;
    expect(await organisations.run(RESEND, { id })).toMatchObject({ state: "PENDING" });
    organisations.ahead = 30 * 86_400_000;
    const person = invitee(id);
    await register(person);
    expect(await membersOf(person.userId)).toHaveLength(1);
    organisations.ahead = 0;
  });
});

describe("a registration by signing up", () => {
  const founder = (): UserRegistration => ({
    userId: randomUUID(),
    organisationId: randomUUID(),
    origin: { kind: "SIGN_UP", organisationName: "Lerato's Bakery" },
  });

  it("becomes a customer below the operator, with the person as its owner", async () => {
    const person = founder();
    await register(person);
    const { operator, elsewhere } = organisations.ids;
    const { data } = await organisations.graph.execute(
      "query ($id: ID) { organisation(id: $id) { name kind status parent { id } members { nodes { user { id } roles { name } } } } }",
      { id: person.organisationId },
      requestCaller({ org: operator, kind: "INTERNAL", permissions: ALL }),
    );
    expect(data?.["organisation"]).toEqual({
      name: "Lerato's Bakery",
      kind: "CUSTOMER",
      status: "ACTIVE",
      parent: { id: operator },
      members: { nodes: [{ user: { id: person.userId }, roles: [{ name: "owner" }] }] },
    });
    const foreign = await organisations.graph.execute(
      "query ($id: ID) { organisation(id: $id) { name } }",
      { id: person.organisationId },
      requestCaller({ org: elsewhere, permissions: ALL }),
    );
    expect(foreign.errors?.[0]?.extensions).toMatchObject({ code: "NOT_FOUND" });
  });

  it("makes one organisation however often accounts asks", async () => {
    const person = founder();
    await register(person);
    await register(person);
    await until(() => organisations.toldOf("member.changed", person.userId).length === 2);
    expect(organisations.toldOf("organisation.changed", person.organisationId)).toHaveLength(1);
    expect(await membersOf(person.userId)).toHaveLength(1);
  });
});
