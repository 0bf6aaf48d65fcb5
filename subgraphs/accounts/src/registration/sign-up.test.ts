import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { ANOTHER, PASSWORD, RegisteringAccounts } from "../testing/registering.js";
import { tidySignUps } from "./waiting-sign-ups.js";

const MINUTE = 60_000;
const DAY = 86_400_000;

let accounts: RegisteringAccounts;
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

const newEmail = () => `${randomUUID()}@example.com`;

/** Somebody who has come in by signing up. */
const member = async (): Promise<string> => {
  const email = newEmail();
  await accounts.signUp(email);
  await accounts.verify(await accounts.mailedToken(email));
  return email;
};

describe("signing up", () => {
  it("makes nobody before the mailed link is opened, then a person with an organisation of their own", async () => {
    const email = newEmail();
    expect(await accounts.signUp(email, { organisationName: " Lerato's Bakery " })).toEqual({
      __typename: "MailSent",
      to: email.replace(/^(.)[^@]*/, "$1•••"),
    });
    const token = await accounts.mailedToken(email);
    expect(accounts.mailsTo(email)).toMatchObject([{ payload: { kind: "EMAIL_VERIFICATION", userId: null } }]);
    expect(await accounts.people(email)).toEqual([]);
    expect(await accounts.signsIn(email)).toBe("InvalidCredentialsProblem");
    expect(await accounts.verify(token)).toEqual({ __typename: "EmailVerified", email });
    const [person] = await accounts.people(email);
    expect(person).toMatchObject({ status: "ACTIVE", state: "COMPLETED" });
    expect((await accounts.registrationOf(person?.user_id ?? "")).origin).toEqual({
      kind: "SIGN_UP",
      organisationName: "Lerato's Bakery",
    });
    expect(await accounts.signsIn(email)).toBe("Challenge");
    expect(await accounts.verify(token)).toEqual({ __typename: "EmailVerified", email });
  });

  it("answers alike and computes as many hashes for an e-mail that somebody has; the mail tells the owner", async () => {
    const taken = await member();
    const attempt = async (email: string) => {
      const before = accounts.hasher.performed;
      const { to: _, ...answer } = await accounts.signUp(email);
      return { answer, hashes: accounts.hasher.performed - before };
    };
    expect(await attempt(taken.toUpperCase())).toEqual(await attempt(newEmail()));
    await accounts.delivered();
    expect(accounts.mailsTo(taken).map(({ payload }) => payload.kind)).toEqual(["EMAIL_VERIFICATION", "SIGN_UP_TAKEN"]);
    accounts.ahead = 2 * MINUTE;
    expect(await accounts.requestVerification(taken)).toMatchObject({ __typename: "MailSent" });
    await accounts.delivered();
    expect(accounts.mailsTo(taken)).toHaveLength(2);
  });

  it("brings with each link the password that was typed with it, and nobody else's", async () => {
    const email = newEmail();
    await accounts.signUp(email);
    const mine = await accounts.mailedToken(email);
    await accounts.signUp(email, { password: ANOTHER, displayName: "Somebody else" });
    const others = await accounts.mailedToken(email, 1);
    expect(await accounts.verify(mine)).toMatchObject({ __typename: "EmailVerified" });
    expect(await accounts.signsIn(email, PASSWORD)).toBe("Challenge");
    expect(await accounts.verify(others)).toMatchObject({ __typename: "InvalidTokenProblem" });
    expect(await accounts.people(email)).toHaveLength(1);
  });

  it("refuses weak passwords with reasons, and names that are empty", async () => {
    expect(await accounts.signUp(newEmail(), { password: "Bakery-2026!" })).toMatchObject({
      __typename: "WeakPasswordProblem",
      reasons: expect.arrayContaining(["CONTAINS_PERSONAL_DATA"]),
    });
    expect(await accounts.signUp(newEmail(), { displayName: "", organisationName: " " })).toMatchObject({
      fields: [{ path: ["displayName"] }, { path: ["organisationName"] }],
    });
  });

  it("is over when the operator closes it, but for those whose link is on its way", async () => {
    const email = newEmail();
    await accounts.signUp(email);
    const { operator } = accounts.tree;
    const setting = {
      organisationId: operator,
      key: "signUp.open",
      keyId: null,
      changedAt: new Date(),
      changedBy: null,
    };
    const change = (isSet: boolean, version: string) =>
      accounts.hear("setting.changed", operator, { ...setting, isSet, value: isSet ? false : null, version });
    await change(true, "1");
    expect(await accounts.isSignUpOpen()).toBe(false);
    expect(await accounts.signUp(newEmail())).toMatchObject({ __typename: "ForbiddenProblem", reason: "POLICY" });
    expect(await accounts.verify(await accounts.mailedToken(email))).toMatchObject({ __typename: "EmailVerified" });
    await change(false, "2");
    expect(await accounts.isSignUpOpen()).toBe(true);
  });

  it("counts what an address and an e-mail ask for, whether or not anybody has the e-mail", async () => {
    const untilRefused = async (ask: () => Promise<{ __typename: string }>) => {
      let times = 0;
      while ((await ask()).__typename === "MailSent") times += 1;
      return times;
    };
    const [fresh, taken] = [newEmail(), await member()];
    expect(await untilRefused(() => accounts.requestVerification(fresh))).toBe(8);
    expect(await untilRefused(() => accounts.requestVerification(taken))).toBe(8);
    const caller = accounts.stranger();
    expect(await untilRefused(() => accounts.requestVerification(newEmail(), caller))).toBe(30);
    accounts.ahead = 61 * MINUTE;
    expect(await accounts.requestVerification(newEmail(), caller)).toMatchObject({ __typename: "MailSent" });
  });
});

describe("the link of a sign-up", () => {
  it("comes once more on request, not within a minute, and the old one ends", async () => {
    const email = newEmail();
    await accounts.signUp(email);
    const first = await accounts.mailedToken(email);
    await accounts.requestVerification(email);
    await accounts.delivered();
    expect(accounts.mailsTo(email)).toHaveLength(1);
    accounts.ahead = 2 * MINUTE;
    await accounts.requestVerification(email);
    const second = await accounts.mailedToken(email, 1);
    expect(await accounts.verify(first)).toMatchObject({ __typename: "InvalidTokenProblem" });
    expect(await accounts.verify(second)).toMatchObject({ __typename: "EmailVerified" });
  });

  it("ends after seven days, and nothing of what was typed stays", async () => {
    const email = newEmail();
    await accounts.signUp(email);
    const token = await accounts.mailedToken(email);
    accounts.ahead = 7 * DAY + MINUTE;
    expect(await accounts.verify(token)).toMatchObject({ __typename: "InvalidTokenProblem" });
    await accounts.system((tx) => tidySignUps(tx, new Date(Date.now() + accounts.ahead)));
    const left = await accounts.system<bigint>(async (tx) => {
      const [row] = await tx.sql<{ count: bigint }[]>`select count(*) from sign_up where email = ${email}`;
      return row?.count ?? -1n;
    });
    expect(left).toBe(0n);
  });

  it("says that the e-mail is taken when somebody was quicker in another way", async () => {
    const email = newEmail();
    await accounts.signUp(email);
    const token = await accounts.mailedToken(email);
    const invitation = await accounts.invited({ email });
    expect(await accounts.accept(invitation.token)).toMatchObject({ __typename: "SignedIn" });
    expect(await accounts.verify(token)).toMatchObject({ __typename: "ConflictProblem" });
  });

  it("opened while organisations does not answer goes on when it is opened again, and founds one organisation", async () => {
    hasty.verdict = "silence";
    const email = newEmail();
    await hasty.signUp(email);
    const token = await hasty.mailedToken(email);
    expect(await hasty.verify(token)).toEqual({ __typename: "Error", code: "UNAVAILABLE" });
    expect(await hasty.verify(token)).toEqual({ __typename: "Error", code: "UNAVAILABLE" });
    const [person] = await hasty.people(email);
    expect(person).toMatchObject({ status: "UNVERIFIED", state: "PENDING" });
    await hasty.answer(await hasty.registrationOf(person?.user_id ?? ""), "yes");
    expect(await hasty.verify(token)).toEqual({ __typename: "EmailVerified", email });
    expect(await hasty.people(email)).toHaveLength(1);
  });
});
