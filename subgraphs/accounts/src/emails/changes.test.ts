import { describe, expect, it } from "vitest";
import {
  ANOTHER,
  as,
  asNow,
  audits,
  changesOf,
  delivered,
  mails,
  mailTo,
  PASSWORD,
  PROBLEM,
  run,
  secretOf,
  somebody,
  stranger,
  system,
  tree,
  wait,
  withAccounts,
} from "../testing/credentials.js";
import type { UserRow } from "../users/users.js";
import { MOST_CHANGES_AN_HOUR } from "./changes.js";
import { tidyEmailTokens } from "./email-tokens.js";

withAccounts();

const REQUEST = `mutation ($email: EmailAddress!, $password: String!) { requestEmailChange(input: { newEmail: $email, password: $password }) {
  __typename ... on MailSent { to } ... on InvalidInputProblem { fields { path reason } } ${PROBLEM} } }`;
const VERIFY = `mutation ($token: String!) { verifyEmail(input: { token: $token }) { __typename ... on EmailVerified { email } ${PROBLEM} } }`;

let addresses = 0;
const newAddress = () => {
  addresses += 1;
  return `new-${addresses}@example.com`;
};
const ask = (person: UserRow, email: string, password = PASSWORD) => run(REQUEST, { email, password }, as(person));
const verify = (token: string) => run(VERIFY, { token }, stranger());

const linkFor = async (person: UserRow, email: string): Promise<string> => {
  const seen = mails.filter(({ payload }) => payload.to === email && payload.kind === "EMAIL_CHANGE").length;
  expect(await ask(person, email)).toMatchObject({ __typename: "MailSent" });
  return secretOf(await mailTo(email, "EMAIL_CHANGE", seen));
};

const INVALID = { __typename: "InvalidTokenProblem", code: "UNAUTHENTICATED" };

describe("another e-mail address", () => {
  it("is taken into use by the link that went there, and the old one is told; nothing changes before", async () => {
    const person = await somebody({ email: "old@example.com" });
    const token = await linkFor(person, "Fresh@Example.com");
    expect((await asNow(person)).email).toBe("old@example.com");
    expect(await verify(token)).toEqual({ __typename: "EmailVerified", email: "Fresh@Example.com" });
    expect(await asNow(person)).toMatchObject({ email: "Fresh@Example.com", emailVerified: true });
    const { payload } = await mailTo("old@example.com", "EMAIL_CHANGED");
    expect(payload).toMatchObject({ userId: person.id, facts: { newEmail: "F•••@Example.com" } });
    await delivered();
    expect(changesOf(person).at(-1)).toMatchObject({ email: "Fresh@Example.com", status: "ACTIVE" });
    expect(audits("user:changeEmail").at(-1)).toMatchObject({
      actorId: person.id,
      before: { email: "old@example.com" },
      after: { email: "Fresh@Example.com" },
    });
  });

  it("needs the password, which counts like signing in", async () => {
    const person = await somebody();
    expect(await ask(person, newAddress(), "wrong")).toMatchObject({ __typename: "InvalidCredentialsProblem" });
    await delivered();
    expect(audits("user:confirmPassword").at(-1)).toMatchObject({ outcome: "REFUSED", actorId: person.id });
  });

  it("is not the one that one has", async () => {
    const person = await somebody({ email: "same@example.com" });
    expect(await ask(person, "SAME@example.com")).toMatchObject({
      fields: [{ path: ["newEmail"], reason: "UNCHANGED" }],
    });
  });

  it("gets the same answer when somebody has it; that person is told, and no link leads there", async () => {
    const [person, holder] = [await somebody(), await somebody({ organisationId: tree.otherCustomer })];
    const free = await ask(person, newAddress());
    expect({ ...(await ask(person, holder.email)), to: "" }).toEqual({ ...free, to: "" });
    const { payload, sealed } = await mailTo(holder.email, "SIGN_UP_TAKEN");
    expect(payload).toMatchObject({
      userId: holder.id,
      displayName: holder.displayName,
      organisationId: tree.otherCustomer,
    });
    expect(sealed).toBeNull();
    await delivered();
    expect(mails.filter((mail) => mail.payload.to === holder.email && mail.payload.kind === "EMAIL_CHANGE")).toEqual(
      [],
    );
  });

  it("is a conflict when somebody got it meanwhile, which the link proves one may know", async () => {
    const [person, email] = [await somebody(), newAddress()];
    const token = await linkFor(person, email);
    await somebody({ email: email.toUpperCase() });
    expect(await verify(token)).toMatchObject({ __typename: "ConflictProblem", code: "CONFLICT" });
    expect((await asNow(person)).email).toBe(person.email);
  });

  it("goes to one of two who open their links to it at once", async () => {
    const email = newAddress();
    const people = [await somebody(), await somebody()];
    const tokens: string[] = [];
    for (const person of people) tokens.push(await linkFor(person, email));
    const answers = await Promise.all(tokens.map(verify));
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual(["ConflictProblem", "EmailVerified"]);
  });

  it("is limited to a few wishes an hour", async () => {
    const person = await somebody();
    for (let i = 0; i < MOST_CHANGES_AN_HOUR; i += 1)
      expect(await ask(person, newAddress())).toMatchObject({ __typename: "MailSent" });
    expect(await ask(person, newAddress())).toMatchObject({
      code: "RATE_LIMITED",
      retryAfterSeconds: expect.any(Number),
    });
    wait(3_600_001);
    expect(await ask(person, newAddress())).toMatchObject({ __typename: "MailSent" });
  });
});

describe("a link to a new address", () => {
  it("is good once, for a day, and only as it was sent", async () => {
    const person = await somebody();
    const token = await linkFor(person, newAddress());
    expect(await verify("")).toMatchObject(INVALID);
    expect(await verify(token.toLowerCase())).toMatchObject(INVALID);
    wait(24 * 3_600_000 + 1);
    expect(await verify(token)).toMatchObject(INVALID);
    wait(0);
    expect(await verify(token)).toMatchObject({ __typename: "EmailVerified" });
    expect(await verify(token)).toMatchObject(INVALID);
  });

  it("ends with a newer wish", async () => {
    const person = await somebody();
    const first = await linkFor(person, newAddress());
    const second = await linkFor(person, newAddress());
    expect(await verify(first)).toMatchObject(INVALID);
    expect(await verify(second)).toMatchObject({ __typename: "EmailVerified" });
  });

  it("ends with a new password, so that a thief's wish does not outlive it", async () => {
    const person = await somebody();
    const token = await linkFor(person, newAddress());
    const change = `mutation { changePassword(input: { currentPassword: "${PASSWORD}", newPassword: "${ANOTHER}" }) { __typename } }`;
    expect(await run(change, {}, as(person))).toMatchObject({ __typename: "PasswordChanged" });
    expect(await verify(token)).toMatchObject(INVALID);
  });

  it("ends the links for a new password that went to the old address", async () => {
    const person = await somebody();
    const request = `mutation ($email: EmailAddress!) { requestPasswordReset(input: { email: $email }) { __typename } }`;
    await run(request, { email: person.email });
    const old = secretOf(await mailTo(person.email, "PASSWORD_RESET"));
    expect(await verify(await linkFor(person, newAddress()))).toMatchObject({ __typename: "EmailVerified" });
    const reset = `mutation ($token: String!) { resetPassword(input: { token: $token, newPassword: "${ANOTHER}" }) { __typename } }`;
    expect(await run(reset, { token: old })).toMatchObject({ __typename: "InvalidTokenProblem" });
  });

  it("is of no use for somebody who may not come in any more, and is forgotten a day after its end", async () => {
    const person = await somebody();
    const token = await linkFor(person, newAddress());
    await system((tx) => tx.sql`update "user" set status = 'DEACTIVATED' where id = ${person.id}`);
    expect(await verify(token)).toMatchObject(INVALID);
    const left = () => system((tx) => tx.sql`select 1 from email_token where user_id = ${person.id}`);
    await system((tx) => tidyEmailTokens(tx, new Date(Date.now() + 47 * 3_600_000)));
    expect(await left()).toHaveLength(1);
    await system((tx) => tidyEmailTokens(tx, new Date(Date.now() + 49 * 3_600_000)));
    expect(await left()).toHaveLength(0);
  });
});
