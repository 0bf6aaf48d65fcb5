import { randomUUID } from "node:crypto";
import { newToken } from "@tollgate/kit";
import { until } from "@tollgate/kit/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { ANOTHER, type Answer, PASSWORD, RegisteringAccounts } from "../testing/registering.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let accounts: RegisteringAccounts;
/** The same, where nobody waits longer than it takes to look once: as if the process died while it waited. */
let hasty: RegisteringAccounts;

beforeAll(async () => {
  accounts = await RegisteringAccounts.start(inject("postgresUrl"));
  hasty = await RegisteringAccounts.start(inject("postgresUrl"), 0);
});

afterAll(async () => {
  await accounts.stop();
  await hasty.stop();
});

beforeEach(() => {
  for (const each of [accounts, hasty]) Object.assign(each, { verdict: "yes", ahead: 0 });
});

const sameProblem = (answers: readonly Answer[]) => {
  const [first] = answers;
  expect(first).toMatchObject({ __typename: "InvalidTokenProblem", code: "UNAUTHENTICATED" });
  for (const answer of answers) expect(answer).toEqual(first);
};

describe("accepting an invitation", () => {
  it("makes the person, waits for the membership, and signs in", async () => {
    const { email, token, organisationId, invitationId } = await accounts.invited();
    const answer = await accounts.accept(token, { phone: "+27821234567", locale: "en-GB", timeZone: "Europe/London" });
    expect(answer).toMatchObject({ __typename: "SignedIn", accessToken: expect.any(String) });
    const userId = String(answer["userId"]);
    expect(await accounts.people(email)).toEqual([{ user_id: userId, status: "ACTIVE", state: "COMPLETED" }]);
    expect(await accounts.registrationOf(userId)).toEqual({
      userId,
      organisationId,
      origin: { kind: "INVITATION", invitationId },
    });
    await accounts.delivered();
    const news = accounts.told.filter(({ aggregateId }) => aggregateId === userId).map(({ type }) => type);
    expect(news).toEqual(["user.registered", "user.changed", "session.started"]);
    expect(await accounts.signsIn(email)).toBe("Challenge");
  });

  it("takes a token once, and says of none why it opens nothing", async () => {
    const used = await accounts.invited();
    await accounts.accept(used.token);
    const late = await accounts.invited({ expiresAt: new Date(Date.now() - 1_000) });
    const revoked = await accounts.invited();
    await accounts.hear("invitation.changed", revoked.invitationId, { ...withoutToken(revoked), isOpen: false });
    const resent = await accounts.invited();
    const { hash } = newToken();
    await accounts.hear("invitation.changed", resent.invitationId, { ...withoutToken(resent), tokenHash: hash });
    const tokens = [used.token, late.token, revoked.token, resent.token, "unknown", randomUUID()];
    sameProblem(await Promise.all(tokens.map((token) => accounts.accept(token))));
    for (const { email } of [late, revoked, resent]) expect(await accounts.people(email)).toEqual([]);
  });

  it("lets nobody into a closed organisation, and people into a suspended one: somebody must pay", async () => {
    const { otherCustomer, otherReseller } = accounts.tree;
    const closed = await accounts.invited({ organisationId: otherCustomer });
    const suspended = await accounts.invited({ organisationId: otherReseller });
    await accounts.hear("organisation.changed", otherCustomer, [accounts.tree.setStatus(otherCustomer, "CLOSED")]);
    await accounts.hear("organisation.changed", otherReseller, [accounts.tree.setStatus(otherReseller, "SUSPENDED")]);
    sameProblem([await accounts.accept(closed.token)]);
    expect(await accounts.accept(suspended.token)).toMatchObject({ __typename: "SignedIn" });
  });

  it("says that the e-mail is taken to whoever holds the token, weak passwords with reasons, and what is missing", async () => {
    const first = await accounts.invited();
    await accounts.accept(first.token);
    const { token } = await accounts.invited({ email: first.email.toUpperCase() });
    expect(await accounts.accept(token)).toMatchObject({ __typename: "ConflictProblem", code: "CONFLICT" });
    const { email, token: fresh } = await accounts.invited();
    const weak = await accounts.accept(fresh, { password: "sipho" });
    expect(weak).toMatchObject({ __typename: "WeakPasswordProblem", reasons: expect.arrayContaining(["TOO_SHORT"]) });
    expect(await accounts.accept(fresh, { displayName: " " })).toMatchObject({ fields: [{ path: ["displayName"] }] });
    expect(await accounts.people(email)).toEqual([]);
    expect(await accounts.accept(fresh)).toMatchObject({ __typename: "SignedIn" });
  });

  it("goes to one of two who try at the same moment", async () => {
    const { email, token } = await accounts.invited();
    const answers = await Promise.all([accounts.accept(token), accounts.accept(token, { password: ANOTHER })]);
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual(["InvalidTokenProblem", "SignedIn"]);
    expect(await accounts.people(email)).toHaveLength(1);
    const winner = answers[0]?.__typename === "SignedIn" ? PASSWORD : ANOTHER;
    expect(await accounts.signsIn(email, winner)).toBe("Challenge");
  });
});

describe("an acceptance that is interrupted", () => {
  const interrupted = async () => {
    hasty.verdict = "silence";
    const invitation = await hasty.invited();
    expect(await hasty.accept(invitation.token)).toEqual({ __typename: "Error", code: "UNAVAILABLE" });
    const [person] = await hasty.people(invitation.email);
    return { ...invitation, userId: person?.user_id ?? "" };
  };

  it("leaves somebody who cannot come in, until organisations says yes; the same call again then signs in", async () => {
    const { email, token, userId } = await interrupted();
    expect(await hasty.people(email)).toEqual([{ user_id: userId, status: "UNVERIFIED", state: "PENDING" }]);
    expect(await hasty.signsIn(email)).toBe("InvalidCredentialsProblem");
    expect(await hasty.accept(token)).toMatchObject({ code: "UNAVAILABLE" });
    await hasty.answer(await hasty.registrationOf(userId), "yes");
    expect(await hasty.accept(token)).toMatchObject({ __typename: "SignedIn", userId });
    sameProblem([await hasty.accept(token)]);
    expect(await hasty.people(email)).toHaveLength(1);
  });

  it("signs in once when the same call comes twice at the same moment", async () => {
    const { token, userId } = await interrupted();
    await hasty.answer(await hasty.registrationOf(userId), "yes");
    const answers = await Promise.all([hasty.accept(token), hasty.accept(token)]);
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual(["InvalidTokenProblem", "SignedIn"]);
  });

  it("goes on for nobody with another password, and not for ever", async () => {
    const { token, userId } = await interrupted();
    await hasty.answer(await hasty.registrationOf(userId), "yes");
    sameProblem([await hasty.accept(token, { password: ANOTHER })]);
    hasty.ahead = 2 * HOUR;
    sameProblem([await hasty.accept(token)]);
  });

  it("leaves nothing when organisations says no: the e-mail is free for another invitation", async () => {
    const { email, token, userId } = await interrupted();
    const registration = await hasty.registrationOf(userId);
    await hasty.answer(registration, "no");
    await hasty.answer(registration, "no");
    expect(await hasty.people(email)).toEqual([]);
    hasty.verdict = "yes";
    const second = await hasty.invited({ email });
    const answer = await hasty.accept(second.token);
    // Its answer comes while nobody waits, too.
    await until(async () => (await hasty.people(email))[0]?.state === "COMPLETED");
    if (answer.__typename !== "SignedIn")
      expect(await hasty.accept(second.token)).toMatchObject({ __typename: "SignedIn" });
    // The invitation itself is still open here: organisations has the last word, and says no again.
    hasty.verdict = "no";
    expect(await hasty.accept(token)).toMatchObject({ __typename: "ConflictProblem" });
  });

  it("does not mind answers that come twice, or a no that comes after the yes", async () => {
    const { email, userId } = await interrupted();
    const registration = await hasty.registrationOf(userId);
    for (const verdict of ["yes", "yes", "no"] as const) await hasty.answer(registration, verdict);
    expect(await hasty.people(email)).toEqual([{ user_id: userId, status: "ACTIVE", state: "COMPLETED" }]);
    await hasty.delivered();
    const changes = hasty.told.filter(({ type, aggregateId }) => type === "user.changed" && aggregateId === userId);
    expect(changes).toHaveLength(1);
  });

  it("is announced again while organisations does not answer, more and more rarely, until it does", async () => {
    const { userId } = await interrupted();
    const times = () =>
      hasty.told.filter(({ type, aggregateId }) => type === "user.registered" && aggregateId === userId);
    expect(await hasty.remind()).toBe(0);
    hasty.ahead = 61_000;
    expect(await hasty.remind()).toBeGreaterThan(0);
    expect(await hasty.remind()).toBe(0);
    await hasty.delivered();
    expect(times()).toHaveLength(2);
    expect(new Set(times().map(({ id }) => id)).size).toBe(2);
    hasty.ahead = DAY;
    hasty.verdict = "yes";
    await hasty.remind();
    await hasty.delivered();
    hasty.ahead = 2 * DAY;
    expect(await hasty.remind()).toBe(0);
  });
});

const withoutToken = <T extends { token: string }>({ token: _, ...invitation }: T) => invitation;
