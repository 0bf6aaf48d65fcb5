import { describe, expect, it } from "vitest";
import {
  ANOTHER,
  as,
  asNow,
  audits,
  delivered,
  graph,
  hasher,
  liveSessions,
  mails,
  mailTo,
  PASSWORD,
  PROBLEM,
  run,
  secretOf,
  sessionOf,
  somebody,
  stranger,
  system,
  wait,
  withAccounts,
} from "../testing/credentials.js";
import type { UserRow } from "../users/users.js";
import { MOST_FOR_EMAIL, MOST_FROM_ADDRESS } from "./reset-requests.js";

withAccounts();

const REQUEST = `mutation ($email: EmailAddress!) { requestPasswordReset(input: { email: $email }) { __typename ... on MailSent { to } ${PROBLEM} } }`;
const RESET = `mutation ($token: String!, $password: String!) { resetPassword(input: { token: $token, newPassword: $password }) {
  __typename ... on PasswordChanged { sessionsEnded } ... on WeakPasswordProblem { reasons score } ${PROBLEM} } }`;
const SIGN_IN = `mutation ($email: EmailAddress!, $password: String!) { signIn(input: { email: $email, password: $password, delivery: BEARER }) { __typename } }`;

const ask = (email: string, caller = stranger()) => run(REQUEST, { email }, caller);
const reset = (token: string, password = ANOTHER) => run(RESET, { token, password });
const signIn = (person: UserRow, password: string) => run(SIGN_IN, { email: person.email, password });

/** The token of a link that somebody has asked for. */
const linkFor = async (person: UserRow): Promise<string> => {
  const seen = mails.filter(({ payload }) => payload.to === person.email && payload.kind === "PASSWORD_RESET").length;
  expect(await ask(person.email.toUpperCase())).toMatchObject({ __typename: "MailSent" });
  return secretOf(await mailTo(person.email, "PASSWORD_RESET", seen));
};

const INVALID = { __typename: "InvalidTokenProblem", code: "UNAUTHENTICATED" };

describe("asking for a new password", () => {
  it("answers the same, with the same work, whether anybody has the e-mail or not; only a person gets a mail", async () => {
    const person = await somebody({ email: "jabu@example.com" });
    const hashes = hasher.performed;
    const known = await ask("jabu@example.com");
    expect(known).toEqual({ __typename: "MailSent", to: "j•••@example.com" });
    expect(await ask("jack@example.com")).toEqual(known);
    expect(hasher.performed).toBe(hashes);
    await mailTo(person.email, "PASSWORD_RESET");
    await delivered();
    expect(mails.filter(({ payload }) => payload.to === "jack@example.com")).toEqual([]);
  });

  it("sends the token sealed, with where the wish came from, and keeps only its hash", async () => {
    const person = await somebody();
    const token = await linkFor(person);
    const mail = await mailTo(person.email, "PASSWORD_RESET");
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(mail.payload.facts).toMatchObject({
      device: "Firefox on Linux",
      address: expect.stringMatching(/^10\.1\./),
    });
    const rows = await system((tx) => tx.sql`select * from email_token where user_id = ${person.id}`);
    expect(JSON.stringify([rows, mail.payload, audits("user:requestPasswordReset")])).not.toContain(token);
  });

  it("sends nothing to somebody who may not come in", async () => {
    const people = [
      await somebody({ status: "DEACTIVATED" }),
      await somebody({ status: "ERASED" }),
      await somebody({ status: "UNVERIFIED" }),
    ];
    for (const { email } of people) expect(await ask(email)).toMatchObject({ __typename: "MailSent" });
    await delivered();
    expect(mails.filter(({ payload }) => people.some(({ email }) => email === payload.to))).toEqual([]);
  });

  it("is limited for an e-mail, known or not, and from an address; a crowd at once does not get past it", async () => {
    const person = await somebody();
    for (const email of [person.email, "nobody.at.all@example.com"]) {
      const answers = await Promise.all(Array.from({ length: MOST_FOR_EMAIL + 3 }, () => ask(email)));
      expect(answers.filter(({ __typename }) => __typename === "MailSent")).toHaveLength(MOST_FOR_EMAIL);
      expect(answers.find(({ __typename }) => __typename !== "MailSent")).toMatchObject({ code: "RATE_LIMITED" });
    }
    const caller = stranger();
    for (let i = 0; i < MOST_FROM_ADDRESS; i += 1)
      expect(await ask(`n${i}@example.com`, caller)).toMatchObject({ __typename: "MailSent" });
    expect(await ask("n@example.com", caller)).toMatchObject({ code: "RATE_LIMITED" });
    wait(3_600_001);
    expect(await ask("n@example.com", caller)).toMatchObject({ __typename: "MailSent" });
  });
});

describe("a link for a new password", () => {
  it("puts the new one in place, ends all sessions and trusted devices, and tells the person", async () => {
    const person = await somebody();
    await sessionOf(person);
    await sessionOf(person);
    await system(
      (tx) => tx.sql`
      insert into trusted_device (organisation_id, user_id, hash, device, created_at, expires_at)
      values (${person.organisationId}, ${person.id}, ${person.id}, 'Firefox', now(), now() + interval '1 day')`,
    );
    expect(await reset(await linkFor(person))).toEqual({ __typename: "PasswordChanged", sessionsEnded: 2 });
    expect(await liveSessions(person)).toEqual([]);
    expect(await system((tx) => tx.sql`select 1 from trusted_device where user_id = ${person.id}`)).toHaveLength(0);
    expect(await signIn(person, PASSWORD)).toMatchObject({ __typename: "InvalidCredentialsProblem" });
    expect(await signIn(person, ANOTHER)).toMatchObject({ __typename: "Challenge" });
    const mail = await mailTo(person.email, "PASSWORD_CHANGED");
    expect(mail.sealed).toBeNull();
    await delivered();
    expect(audits("user:resetPassword").find(({ resourceId }) => resourceId === person.id)).toMatchObject({
      outcome: "SUCCEEDED",
      actorId: person.id,
      after: { sessionsEnded: 2 },
    });
  });

  it("is good once, for half an hour, and only as it was sent", async () => {
    const person = await somebody();
    const token = await linkFor(person);
    const hashes = hasher.performed;
    expect(await reset("nonsense")).toMatchObject(INVALID);
    expect(await reset(`${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`)).toMatchObject(INVALID);
    wait(30 * 60_000 + 1);
    expect(await reset(token)).toMatchObject(INVALID);
    // Nothing was hashed for any of them.
    expect(hasher.performed).toBe(hashes);
    wait(0);
    expect(await reset(token)).toMatchObject({ __typename: "PasswordChanged" });
    expect(await reset(token, "Orange-Ladder-44")).toMatchObject(INVALID);
  });

  it("stays good after one that was sent later, and ends with it once that is used", async () => {
    const person = await somebody();
    const [first, second] = [await linkFor(person), await linkFor(person)];
    expect(await reset(first)).toMatchObject({ __typename: "PasswordChanged" });
    expect(await reset(second, "Orange-Ladder-44")).toMatchObject(INVALID);
  });

  it("is of no use for anything else, nor another link for this", async () => {
    const person = await somebody();
    const token = await linkFor(person);
    const verify = "mutation ($token: String!) { verifyEmail(input: { token: $token }) { __typename } }";
    expect(await run(verify, { token })).toMatchObject({ __typename: "InvalidTokenProblem" });
    await system((tx) => tx.sql`update email_token set purpose = 'EMAIL_CHANGE' where user_id = ${person.id}`);
    expect(await reset(token)).toMatchObject(INVALID);
  });

  it("lets one of two through that use it at once", async () => {
    const person = await somebody();
    const token = await linkFor(person);
    const passwords = [ANOTHER, "Orange-Ladder-44"];
    const answers = await Promise.all(passwords.map((password) => reset(token, password)));
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual(["InvalidTokenProblem", "PasswordChanged"]);
    const winner = passwords[answers.findIndex(({ __typename }) => __typename === "PasswordChanged")] ?? "";
    expect(await hasher.verify((await asNow(person)).passwordHash, winner)).toBe(true);
  });

  it("stays good when the new password is refused, with the reasons", async () => {
    const person = await somebody();
    const token = await linkFor(person);
    const weak = await reset(token, "Password1!");
    expect(weak).toMatchObject({ __typename: "WeakPasswordProblem", code: "INVALID_INPUT", score: 1 });
    expect(weak["reasons"]).toEqual(["COMMON", "TOO_GUESSABLE"]);
    expect(await reset(token, `${person.email.slice(0, 8)}-Violet-A1`)).toMatchObject({
      reasons: ["CONTAINS_PERSONAL_DATA"],
    });
    expect(await reset(token, PASSWORD)).toMatchObject({ reasons: ["SAME_AS_OLD"] });
    expect(await reset(token)).toMatchObject({ __typename: "PasswordChanged" });
  });

  it("lifts a lock-out: whoever reads the mail is the owner", async () => {
    const person = await somebody();
    for (let i = 0; i < 5; i += 1) await signIn(person, "wrong");
    expect(await signIn(person, PASSWORD)).toMatchObject({ __typename: "InvalidCredentialsProblem" });
    expect(await reset(await linkFor(person))).toMatchObject({ __typename: "PasswordChanged" });
    expect(await signIn(person, ANOTHER)).toMatchObject({ __typename: "Challenge" });
  });

  it("is of no use once the person may not come in any more", async () => {
    const person = await somebody();
    const token = await linkFor(person);
    await system((tx) => tx.sql`update "user" set status = 'DEACTIVATED' where id = ${person.id}`);
    expect(await reset(token)).toMatchObject(INVALID);
  });
});

describe("changing one's password", () => {
  const CHANGE = `mutation ($current: String!, $next: String!) { changePassword(input: { currentPassword: $current, newPassword: $next }) {
    __typename ... on PasswordChanged { sessionsEnded } ... on WeakPasswordProblem { reasons score } ${PROBLEM} } }`;
  const change = (person: UserRow, sid: string, current: string, next: string) =>
    run(CHANGE, { current, next }, as(person, { sid }));

  it("asks for the current one, keeps this session, ends the others and the links on their way", async () => {
    const person = await somebody();
    const [mine] = [await sessionOf(person), await sessionOf(person), await sessionOf(person)];
    const token = await linkFor(person);
    expect(await change(person, mine, "wrong", ANOTHER)).toMatchObject({ __typename: "InvalidCredentialsProblem" });
    expect(await change(person, mine, PASSWORD, "weak")).toMatchObject({ __typename: "WeakPasswordProblem" });
    expect(await change(person, mine, PASSWORD, PASSWORD)).toMatchObject({ reasons: ["SAME_AS_OLD"] });
    expect(await liveSessions(person)).toHaveLength(3);
    expect(await change(person, mine, PASSWORD, ANOTHER)).toEqual({ __typename: "PasswordChanged", sessionsEnded: 2 });
    expect(await liveSessions(person)).toEqual([mine]);
    expect(await reset(token, "Orange-Ladder-44")).toMatchObject(INVALID);
    await mailTo(person.email, "PASSWORD_CHANGED");
  });

  it("counts wrong ones like failed sign-ins, and locks like them", async () => {
    const person = await somebody();
    const sid = await sessionOf(person);
    for (let i = 0; i < 5; i += 1) await change(person, sid, `wrong ${i}`, ANOTHER);
    expect(await change(person, sid, PASSWORD, ANOTHER)).toMatchObject({ __typename: "InvalidCredentialsProblem" });
    expect(await signIn(person, PASSWORD)).toMatchObject({ __typename: "InvalidCredentialsProblem" });
  });

  it("gives way to a reset that came between", async () => {
    const person = await somebody();
    const sid = await sessionOf(person);
    const token = await linkFor(person);
    const answers = await Promise.all([change(person, sid, PASSWORD, "Orange-Ladder-44"), reset(token)]);
    const kept = (await asNow(person)).passwordHash;
    const changed = answers[0].__typename === "PasswordChanged";
    // Whichever was first ended what the other stood on.
    expect(answers.map(({ __typename }) => __typename === "PasswordChanged")).toEqual([changed, !changed]);
    expect(await hasher.verify(kept, changed ? "Orange-Ladder-44" : ANOTHER)).toBe(true);
  });

  it("is for people, not for API keys", async () => {
    const person = await somebody();
    const key = as(person, { apiKey: { requestsPerMinute: 60 } });
    const { errors } = await graph.execute(CHANGE, { current: "a", next: "b" }, key);
    expect(errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN" });
  });
});
