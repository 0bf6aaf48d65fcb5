import { randomUUID } from "node:crypto";
import { requestCaller, until } from "@tollgate/kit/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { MOST_AT_ONCE } from "./rules.js";
import { ALL, type Answer, InvitingOrganisations, RESEND, REVOKE } from "./testing/inviting.js";

const MINUTE = 60_000;
const WEEK = 7 * 86_400_000;

let organisations: InvitingOrganisations;

beforeAll(async () => {
  organisations = await InvitingOrganisations.start(inject("postgresUrl"));
});

afterAll(() => organisations.stop());

beforeEach(() => {
  organisations.ahead = 0;
});

const emailOf = (name: string) => `${name}-${randomUUID().slice(0, 8)}@example.com`;

const list = async (states: string[] | null, caller = organisations.owner()) => {
  const { data } = await organisations.graph.execute(
    `query ($state: [InvitationState!]) { organisation { invitations(first: 100, state: $state) {
      totalCount nodes { id email state acceptedBy { id } } } } }`,
    { state: states },
    caller,
  );
  const answer = data as { organisation: { invitations: { totalCount: number; nodes: Answer[] } } }; // as the query asks
  const { invitations } = answer.organisation;
  expect(invitations.totalCount).toBe(invitations.nodes.length);
  return invitations.nodes;
};

describe("inviting", () => {
  it("gives each e-mail an invitation of its own, mails its token sealed, and tells accounts before", async () => {
    const emails = [emailOf("Sipho"), emailOf("lerato")];
    const answer = await organisations.invite(emails, { roles: ["billing", "viewer"] });
    expect(answer).toMatchObject({
      __typename: "InvitationsSent",
      refused: [],
      invitations: emails.map((email) => ({
        email,
        state: "PENDING",
        invitedBy: { id: organisations.ids.owner },
        roles: [{ name: "billing" }, { name: "viewer" }],
        organisation: { name: "Kopano Foods" },
      })),
    });
    for (const email of emails) {
      const token = await organisations.mailedToken(email);
      const [mail] = organisations.mailsTo(email.toLowerCase());
      expect(token).toMatch(/^[\w-]{43}$/);
      expect(JSON.stringify(organisations.told.map(({ payload }) => payload))).not.toContain(token);
      expect(mail?.payload).toMatchObject({
        kind: "INVITATION",
        userId: null,
        facts: { organisationName: "Kopano Foods", roleNames: "billing, viewer", invitedByName: "Thandi" },
      });
      const types = organisations.told
        .filter((event) => event.aggregateId === mail?.aggregateId)
        .map(({ type }) => type);
      expect(types).toEqual(["invitation.changed", "mail.requested"]);
    }
  });

  it("sends the good ones and says of each bad one what is wrong with it", async () => {
    const [good, pending] = [emailOf("good"), emailOf("pending")];
    await organisations.invite([pending]);
    const answer = await organisations.invite([
      "nobody",
      "no\u0000body@example.com",
      good,
      "OWNER@example.com",
      pending.toUpperCase(),
      ` ${good.toUpperCase()} `,
    ]);
    expect(answer["invitations"]).toHaveLength(1);
    expect(answer["refused"]).toEqual([
      { email: "nobody", problem: expect.objectContaining({ __typename: "InvalidInputProblem" }) },
      { email: "no\u0000body@example.com", problem: expect.objectContaining({ __typename: "InvalidInputProblem" }) },
      { email: "OWNER@example.com", problem: expect.objectContaining({ __typename: "ConflictProblem" }) },
      { email: pending.toUpperCase(), problem: expect.objectContaining({ __typename: "ConflictProblem" }) },
    ]);
  });

  it("does not say whether somebody elsewhere has an e-mail", async () => {
    const email = emailOf("stranger");
    const { stranger, elsewhere } = organisations.ids;
    const payload = {
      organisationId: elsewhere,
      email,
      displayName: "Ayanda",
      locale: "en-ZA",
      status: "ACTIVE" as const,
    };
    await organisations.hear("user.changed", stranger, { userId: stranger, ...payload });
    expect(await organisations.invite([email])).toMatchObject({ invitations: [{ email }], refused: [] });
  });

  it("takes nobody for more than the inviter may do, and names what is missing", async () => {
    const caller = requestCaller({
      sub: organisations.ids.billing,
      org: organisations.ids.customer,
      permissions: ["member:invite", "member:read", "organisation:read", "wallet:read"],
    });
    const answer = await organisations.invite([emailOf("boss")], { roles: ["owner"], caller });
    expect(answer).toMatchObject({ __typename: "RoleRefusedProblem", code: "FORBIDDEN", isLastOwner: false });
    expect(answer["missingPermissions"]).toContain("member:manage");
  });

  it("refuses a list that is empty or too long, no role, and roles and organisations that are not there", async () => {
    const many = Array.from({ length: MOST_AT_ONCE + 1 }, (_, index) => `p${index}@example.com`);
    expect(await organisations.invite([])).toMatchObject({ fields: [{ path: ["emails"] }] });
    expect(await organisations.invite(many)).toMatchObject({ fields: [{ path: ["emails"] }] });
    expect(await organisations.invite([emailOf("a")], { roles: [] })).toMatchObject({
      fields: [{ path: ["roleIds"] }],
    });
    expect(await organisations.invite([emailOf("a")], { roles: [randomUUID()] })).toMatchObject({ code: "NOT_FOUND" });
    const { elsewhere } = organisations.ids;
    const foreign = await organisations.invite([emailOf("a")], { organisationId: elsewhere });
    expect(foreign).toMatchObject({ __typename: "NotFoundProblem" });
  });

  it("does it once per idempotency key, and refuses the key for something else", async () => {
    const [email, key] = [emailOf("once"), randomUUID()];
    const first = await organisations.invite([email, "bad"], { key });
    expect(await organisations.invite([email, "bad"], { key })).toEqual(first);
    expect(await organisations.invite([emailOf("other")], { key })).toMatchObject({ __typename: "ConflictProblem" });
    await organisations.mailedToken(email);
    expect(organisations.mailsTo(email)).toHaveLength(1);
  });

  it("invites an e-mail once when two ask at the same moment", async () => {
    const email = emailOf("twice");
    const answers = await Promise.all([organisations.invite([email]), organisations.invite([email])]);
    const counts = answers.map((answer) => (answer["invitations"] as unknown[]).length);
    expect(counts.sort()).toEqual([0, 1]);
  });

  it("lets a reseller invite into an organisation below, and a suspended organisation nobody", async () => {
    const { reseller, resellerOwner, customer } = organisations.ids;
    const caller = requestCaller({ sub: resellerOwner, org: reseller, kind: "RESELLER", permissions: ALL });
    const answer = await organisations.invite([emailOf("below")], {
      organisationId: customer,
      roles: ["owner"],
      caller,
    });
    expect(answer).toMatchObject({ invitations: [{ organisation: { name: "Kopano Foods" } }] });
    const turn = (mutation: string) =>
      organisations.run(
        `mutation ($id: ID!) { ${mutation} { __typename ... on Problem { message } } }`,
        { id: customer },
        caller,
      );
    await turn('suspendOrganisation(input: { organisationId: $id, reason: "Unpaid" })');
    expect(await organisations.invite([emailOf("now")])).toMatchObject({ reason: "ORGANISATION_SUSPENDED" });
    await turn("reactivateOrganisation(input: { organisationId: $id })");
  });
});

describe("whoever invites", () => {
  it("does so for the organisation that they act for, whatever key they used elsewhere", async () => {
    const { reseller, resellerOwner, customer } = organisations.ids;
    const [email, key] = [emailOf("narrowed"), randomUUID()];
    const claims = { sub: resellerOwner, org: reseller, kind: "RESELLER" as const, permissions: ALL };
    const own = await organisations.invite([email], { key, caller: requestCaller(claims) });
    expect(own).toMatchObject({ invitations: [{ organisation: { name: "Reseller" } }] });
    const caller = requestCaller(claims, { narrowedOrganisationId: customer });
    const below = await organisations.invite([email], { key, caller });
    expect(below).toMatchObject({ invitations: [{ organisation: { name: "Kopano Foods" } }] });
    expect(await organisations.invite([email], { key, caller })).toEqual(below);
  });

  it("sends 500 mails a day for an organisation at most", async () => {
    const { elsewhere, stranger } = organisations.ids;
    const caller = organisations.owner({ sub: stranger, org: elsewhere });
    await organisations.invite([emailOf("busy")], { caller });
    await organisations.graph.subgraph.database.system(
      "test",
      (tx) => tx.sql`update invitation set times_sent = 499 where organisation_id = ${elsewhere}`,
    );
    expect(await organisations.invite([emailOf("last")], { caller })).toMatchObject({ __typename: "InvitationsSent" });
    expect(await organisations.invite([emailOf("more")], { caller })).toMatchObject({ code: "RATE_LIMITED" });
    organisations.ahead = 25 * 3_600_000;
    expect(await organisations.invite([emailOf("next")], { caller })).toMatchObject({ __typename: "InvitationsSent" });
  });
});

describe("an invitation", () => {
  it("shows who holds its token what they are invited to, and nobody anything else", async () => {
    const email = emailOf("greeted");
    const { token } = await organisations.invited(email, ["technical"]);
    expect(await organisations.preview(token)).toMatchObject({
      organisationName: "Kopano Foods",
      email,
      roleNames: ["technical"],
      invitedByName: "Thandi",
    });
    for (const wrong of ["", "x", token.slice(1), `${token}a`, "y".repeat(5_000)]) {
      expect(await organisations.preview(wrong)).toBeNull();
    }
  });

  it("expires after seven days by time alone, makes room for another, and is good again when it is sent again", async () => {
    const email = emailOf("late");
    const { id, token } = await organisations.invited(email);
    organisations.ahead = WEEK + MINUTE;
    expect(await organisations.preview(token)).toBeNull();
    expect((await list(["EXPIRED"])).map((each) => each["id"])).toContain(id);
    expect((await list(["PENDING"])).map((each) => each["id"])).not.toContain(id);
    expect(await organisations.run(RESEND, { id })).toMatchObject({ __typename: "Invitation", state: "PENDING" });
    const second = await organisations.mailedToken(email, 1);
    expect(await organisations.preview(token)).toBeNull();
    expect(await organisations.preview(second)).toMatchObject({ email });
    organisations.ahead = 2 * WEEK + 2 * MINUTE;
    expect(await organisations.invite([email])).toMatchObject({ invitations: [{ email, state: "PENDING" }] });
    expect(await organisations.run(RESEND, { id })).toMatchObject({ __typename: "ConflictProblem" });
  });

  it("is sent again a minute later at the earliest, and ten times at most", async () => {
    const { id } = await organisations.invited(emailOf("again"));
    expect(await organisations.run(RESEND, { id })).toMatchObject({ __typename: "RateLimitedProblem" });
    for (let sent = 2; sent <= 10; sent += 1) {
      organisations.ahead += 2 * MINUTE;
      expect(await organisations.run(RESEND, { id })).toMatchObject({ __typename: "Invitation" });
    }
    organisations.ahead += 2 * MINUTE;
    expect(await organisations.run(RESEND, { id })).toMatchObject({ __typename: "RateLimitedProblem" });
  });

  it("opens nothing once it was revoked, and cannot be revoked or sent again", async () => {
    const { id, token } = await organisations.invited(emailOf("gone"));
    expect(await organisations.run(REVOKE, { id })).toMatchObject({ state: "REVOKED" });
    expect(await organisations.preview(token)).toBeNull();
    await until(() => organisations.toldOf("invitation.changed", id).length === 2);
    expect(organisations.toldOf("invitation.changed", id).at(-1)).toMatchObject({ isOpen: false });
    expect(await organisations.run(REVOKE, { id })).toMatchObject({ __typename: "ConflictProblem" });
    organisations.ahead = 2 * MINUTE;
    expect(await organisations.run(RESEND, { id })).toMatchObject({ __typename: "ConflictProblem" });
  });

  it("is not there for others, by id or in a list", async () => {
    const { id } = await organisations.invited(emailOf("private"));
    const { elsewhere, stranger } = organisations.ids;
    const foreign = organisations.owner({ sub: stranger, org: elsewhere });
    for (const document of [RESEND, REVOKE]) {
      expect(await organisations.run(document, { id }, foreign)).toMatchObject({ __typename: "NotFoundProblem" });
      expect(await organisations.run(document, { id: "x" }, foreign)).toMatchObject({ __typename: "NotFoundProblem" });
    }
    expect((await list(null, foreign)).map((each) => each["id"])).not.toContain(id);
  });
});
