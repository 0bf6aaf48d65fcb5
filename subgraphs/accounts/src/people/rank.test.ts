import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  ANOTHER,
  as,
  asNow,
  audits,
  delivered,
  graph,
  liveSessions,
  mailTo,
  PROBLEM,
  run,
  sessionOf,
  somebody,
  system,
  tree,
  withAccounts,
} from "../testing/credentials.js";
import { factorOf, signIn, withAuthenticator } from "../testing/second-step.js";
import { applyGrant, type UserRow } from "../users/users.js";

withAccounts();

const ADMIN = ["user:read", "user:manage", "user:erase"];
const OWNER = [...ADMIN, "organisation:close"];
let version = 0n;

/** Somebody of the customer's organisation who holds these permissions. */
const holding = async (permissions: readonly string[]): Promise<UserRow> => {
  const person = await somebody();
  version += 1n;
  const { id: userId, organisationId } = person;
  await system((tx) => applyGrant(tx, { userId, organisationId, permissions, isOwner: false }, version));
  return person;
};

const admin = (person: UserRow) => as(person, { permissions: ADMIN });

const MUTATIONS: Record<string, (person: UserRow, sessionId: string) => Record<string, unknown>> = {
  deactivateUsers: ({ id }) => ({ userIds: [id], reason: "left us" }),
  reactivateUsers: ({ id }) => ({ userIds: [id] }),
  resetSecondFactor: ({ id }) => ({ userId: id, reason: "lost the phone" }),
  endSession: (_, sessionId) => ({ sessionId }),
  endAllSessions: ({ id }) => ({ userId: id }),
  eraseUser: ({ id }) => ({ userId: id, reason: "asked for it", idempotencyKey: randomUUID() }),
};

const ask = (name: string, input: Record<string, unknown>, caller: ReturnType<typeof as>) => {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const document = `mutation ($input: ${type}!) { ${name}(input: $input) { __typename ${PROBLEM} ... on InvalidInputProblem { fields { path reason } } } }`;
  return run(document, { input }, caller);
};

describe("whoever manages people", () => {
  it.each(Object.keys(MUTATIONS))("may not %s somebody who may do more, and nothing changes", async (name) => {
    const [owner, manager] = [await holding(OWNER), await holding(ADMIN)];
    const sessionId = await sessionOf(owner);
    const input = MUTATIONS[name]?.(owner, sessionId) ?? {};
    const answer = await ask(name, input, admin(manager));
    expect(answer).toMatchObject({ __typename: "ForbiddenProblem", code: "FORBIDDEN" });
    expect(await asNow(owner)).toEqual(owner);
    expect(await liveSessions(owner)).toEqual([sessionId]);
  });

  it.each(Object.keys(MUTATIONS))("may %s an equal", async (name) => {
    const [equal, manager] = [await holding(ADMIN), await holding(ADMIN)];
    const input = MUTATIONS[name]?.(equal, await sessionOf(equal)) ?? {};
    expect((await ask(name, input, admin(manager))).__typename).not.toMatch(/Problem$/);
  });
});

describe("resetting a second factor", () => {
  const reset = (person: UserRow, manager: UserRow, reason = "lost the phone") =>
    ask("resetSecondFactor", { userId: person.id, reason }, admin(manager));

  it("lets somebody without phone and recovery codes back in by e-mail, signed out everywhere, and tells them", async () => {
    const [person, manager] = [await holding(["user:read"]), await holding(ADMIN)];
    await withAuthenticator(person);
    await sessionOf(person);
    expect(await factorOf(person)).toMatchObject({ channel: "AUTHENTICATOR", recoveryCodesLeft: 10 });
    expect(await reset(person, manager)).toEqual({ __typename: "User" });
    expect(await factorOf(person)).toMatchObject({ enabled: true, channel: "EMAIL", recoveryCodesLeft: 0 });
    expect(await liveSessions(person)).toEqual([]);
    const challenge = await signIn(person);
    expect(challenge).toMatchObject({ __typename: "Challenge", channel: "EMAIL", availableChannels: ["EMAIL"] });
    const mail = await mailTo(person.email, "FACTOR_CHANGED", 1);
    expect(mail.payload.facts).toMatchObject({ what: expect.stringMatching(/by e-mail/), by: "MANAGER" });
    expect(mail.payload.facts).not.toHaveProperty("address");
    await delivered();
    const record = audits("user:resetSecondFactor").find(({ resourceId }) => resourceId === person.id);
    expect(record).toMatchObject({
      actorId: manager.id,
      resourceId: person.id,
      before: { channel: "AUTHENTICATOR" },
      after: { channel: "EMAIL", reason: "lost the phone" },
    });
  });

  it("is for others: not for oneself, not without a reason, not by an API key, and for nobody outside the estate", async () => {
    const [person, manager] = [await holding(["user:read"]), await holding(ADMIN)];
    await withAuthenticator(person);
    expect(await reset(manager, manager)).toMatchObject({ __typename: "ForbiddenProblem" });
    expect(await reset(person, manager, " x ")).toMatchObject({ fields: [{ path: ["reason"], reason: "LENGTH" }] });
    const key = as(manager, { permissions: ADMIN, apiKey: { requestsPerMinute: 60 } });
    const input = { userId: person.id, reason: "lost the phone" };
    expect(await ask("resetSecondFactor", input, key)).toMatchObject({ __typename: "ForbiddenProblem" });
    const foreigner = as(manager, { permissions: ADMIN, org: tree.otherCustomer });
    expect(await ask("resetSecondFactor", input, foreigner)).toMatchObject({ __typename: "NotFoundProblem" });
    expect(await factorOf(person)).toMatchObject({ channel: "AUTHENTICATOR" });
  });

  it("ends sign-ins that wait for a code", async () => {
    const [person, manager] = [await holding(["user:read"]), await holding(ADMIN)];
    const { codes } = await withAuthenticator(person);
    const challenge = await signIn(person);
    await reset(person, manager);
    const VERIFY = `mutation ($input: VerifyChallengeInput!) { verifyChallenge(input: $input) { __typename ${PROBLEM} } }`;
    const answer = await run(VERIFY, { input: { challengeId: challenge.id, recoveryCode: codes[0] } });
    expect(answer.__typename).toMatch(/Problem$/);
    expect(await liveSessions(person)).toEqual([]);
  });
});

describe("what is one's own", () => {
  it("is there and can be changed while one acts for an organisation below", async () => {
    const person = await somebody({ organisationId: tree.reseller });
    const sessionId = await sessionOf(person);
    const another = await sessionOf(person);
    const narrowed = () => ({ ...as(person, { sid: sessionId }), narrowedOrganisationId: tree.customer });
    const { data } = await graph.execute("{ me { id } sessions { id isCurrent } }", {}, narrowed());
    expect(data?.["me"]).toEqual({ id: person.id });
    expect(data?.["sessions"]).toHaveLength(2);
    const CHANGE = `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { __typename ... on User { displayName } } }`;
    expect(await run(CHANGE, { input: { displayName: ANOTHER } }, narrowed())).toMatchObject({ displayName: ANOTHER });
    const EXPORT = `mutation { exportMyData(input: { idempotencyKey: "mine" }) { __typename ... on DataExport { state } } }`;
    expect(await run(EXPORT, {}, narrowed())).toEqual({ __typename: "DataExport", state: "GATHERING" });
    expect(await ask("endSession", { sessionId: another }, narrowed())).toMatchObject({ __typename: "SessionsEnded" });
    const OUT = "mutation { signOut { __typename ... on SessionsEnded { count } } }";
    expect(await run(OUT, {}, narrowed())).toEqual({ __typename: "SessionsEnded", count: 1 });
    expect(await liveSessions(person)).toEqual([]);
  });

  it("is all that one reaches beside it: sessions of others stay within the organisation acted for", async () => {
    const manager = await somebody({ organisationId: tree.reseller });
    const [inside, outside] = [await somebody(), await somebody({ organisationId: tree.reseller })];
    const sessionId = await sessionOf(outside);
    const narrowed = () => ({ ...as(manager, { permissions: ADMIN }), narrowedOrganisationId: tree.customer });
    expect(await ask("endSession", { sessionId }, narrowed())).toMatchObject({ __typename: "NotFoundProblem" });
    expect(await ask("endAllSessions", { userId: outside.id }, narrowed())).toMatchObject({ code: "NOT_FOUND" });
    expect(await liveSessions(outside)).toEqual([sessionId]);
    expect(await ask("endAllSessions", { userId: inside.id }, narrowed())).toMatchObject({
      __typename: "SessionsEnded",
    });
  });

  it("does a mutation with a key once for the organisation acted for", async () => {
    const manager = await somebody({ organisationId: tree.reseller });
    const narrowed = () => ({ ...as(manager, { permissions: ADMIN }), narrowedOrganisationId: tree.customer });
    const input = { userId: (await somebody()).id, reason: "asked for it", idempotencyKey: "one" };
    expect(await ask("eraseUser", input, narrowed())).toMatchObject({ __typename: "User" });
    expect(await ask("eraseUser", input, narrowed())).toMatchObject({ __typename: "User" });
  });
});
