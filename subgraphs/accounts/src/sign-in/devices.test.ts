import { requestCaller } from "@tollgate/kit/testing";
import { afterEach, describe, expect, it } from "vitest";
import { as, run, somebody, stranger, system, tree, wait, withAccounts } from "../testing/credentials.js";
import { configure, mailedCode, mailsTo, set, signIn, verify, verifyWhole } from "../testing/second-step.js";
import type { UserRow } from "../users/users.js";

withAccounts();

afterEach(() => set("mfa.rememberDeviceDays", null));

const DAY = 24 * 3_600_000;

/** Signs in with a code and asks to be remembered. @returns what the gateway puts into cookies */
const remembered = async (person: UserRow, rest: Record<string, unknown> = {}) => {
  const seen = mailsTo(person);
  const { id } = await signIn(person);
  const code = await mailedCode(person, seen);
  const { extensions } = await verifyWhole(id, { code, rememberDevice: true, ...rest });
  return extensions?.session;
};

const tokenOf = async (person: UserRow): Promise<string> => (await remembered(person))?.device?.token ?? "";

const withDevice = (deviceToken: string) => stranger({ deviceToken });

describe("a browser that is remembered", () => {
  it("is asked for no code while the organisation's setting allows it", async () => {
    await set("mfa.rememberDeviceDays", 30);
    const person = await somebody();
    expect(await signIn(person)).toMatchObject({ mayRememberDevice: true, rememberDeviceDays: 30 });
    await mailedCode(person);
    const device = (await remembered(person))?.device;
    expect(device?.token).toMatch(/^[\w-]{43}$/);
    expect(device?.expiresAt).toBeGreaterThan(Date.now() + 29 * DAY);
    const known = withDevice(device?.token ?? "");
    expect(await signIn(person, undefined, known)).toMatchObject({ __typename: "SignedIn", userId: person.id });
    expect(await signIn(person, "wrong", known)).toMatchObject({ __typename: "InvalidCredentialsProblem" });
    const [row] = await system<{ hash: string; device: string }[]>(
      (tx) => tx.sql`select hash, device from trusted_device where user_id = ${person.id}`,
    );
    expect(row?.device).toBe("Firefox on Linux");
    expect(row?.hash).not.toContain(device?.token);
    wait(30 * DAY + 1_000);
    expect(await signIn(person, undefined, withDevice(device?.token ?? ""))).toMatchObject({ __typename: "Challenge" });
  });

  it("counts for one person only, and not at all without the setting or once that was lowered", async () => {
    const [person, other] = [await somebody(), await somebody()];
    expect((await remembered(person))?.device).toBeUndefined();
    await set("mfa.rememberDeviceDays", 30);
    const token = await tokenOf(person);
    expect(await signIn(other, undefined, withDevice(token))).toMatchObject({ __typename: "Challenge" });
    wait(2 * DAY);
    await set("mfa.rememberDeviceDays", 1);
    expect(await signIn(person, undefined, withDevice(token))).toMatchObject({ __typename: "Challenge" });
  });

  it("is not offered to clients that keep their tokens themselves", async () => {
    await set("mfa.rememberDeviceDays", 30);
    const person = await somebody();
    expect(await remembered(person, { delivery: "BEARER" })).toBeUndefined();
    const token = await tokenOf(person);
    const answer = await run(
      `mutation ($email: EmailAddress!) { signIn(input: { email: $email, password: "Correct-Horse-7", delivery: BEARER }) { __typename } }`,
      { email: person.email },
      withDevice(token),
    );
    expect(answer).toEqual({ __typename: "Challenge" });
  });

  it.each([
    ["the second factor is changed", (person: UserRow) => configure(person, true, "EMAIL")],
    [
      "the person signs out everywhere",
      (person: UserRow) =>
        run("mutation { endAllSessions(input: { keepCurrent: true }) { __typename } }", {}, as(person)),
    ],
    [
      "somebody who manages people ends all sessions",
      (person: UserRow) =>
        run(
          "mutation ($id: ID!) { endAllSessions(input: { userId: $id }) { __typename } }",
          { id: person.id },
          requestCaller({ org: tree.reseller, permissions: ["user:manage"] }),
        ),
    ],
  ])("is forgotten when %s", async (_, change) => {
    await set("mfa.rememberDeviceDays", 30);
    const person = await somebody();
    const token = await tokenOf(person);
    await change(person);
    expect(await signIn(person, undefined, withDevice(token))).toMatchObject({ __typename: "Challenge" });
  });

  it("has no head start: sign-ins under way end with all sessions too", async () => {
    const person = await somebody();
    const { id } = await signIn(person);
    const code = await mailedCode(person);
    await run("mutation { endAllSessions(input: { keepCurrent: true }) { __typename } }", {}, as(person));
    expect(await verify(id, { code })).toMatchObject({ __typename: "InvalidTokenProblem" });
  });

  it("is nothing to anybody who makes a token up", async () => {
    await set("mfa.rememberDeviceDays", 30);
    const person = await somebody();
    for (const made of ["", "x".repeat(128), "' or true --"]) {
      expect(await signIn(person, undefined, withDevice(made))).toMatchObject({ __typename: "Challenge" });
    }
  });
});
