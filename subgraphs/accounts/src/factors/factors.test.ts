import { countStatements } from "@tollgate/kit";
import { requestCaller } from "@tollgate/kit/testing";
import { afterEach, describe, expect, it } from "vitest";
import {
  as,
  asNow,
  audits,
  delivered,
  graph,
  mailTo,
  somebody,
  system,
  tree,
  wait,
  withAccounts,
} from "../testing/credentials.js";
import {
  appCode,
  configure,
  confirmAuthenticator,
  factorOf,
  renewRecoveryCodes,
  set,
  signIn,
  startAuthenticator,
  verify,
  whatsAppIs,
  withAuthenticator,
  wrong,
} from "../testing/second-step.js";

withAccounts();

afterEach(async () => {
  await set("mfa.required", null, tree.reseller);
  await whatsAppIs(false);
});

const ON = {
  enabled: true,
  channel: "EMAIL",
  requiredByOrganisation: false,
  recoveryCodesLeft: 0,
  availableChannels: ["EMAIL"],
};

describe("a person's second factor", () => {
  it("is switched off and on with the password, and the person is told of it with the device it came from", async () => {
    const person = await somebody();
    expect(await factorOf(person)).toEqual(ON);
    expect(await configure(person, false, "EMAIL", "not the password")).toMatchObject({
      __typename: "InvalidCredentialsProblem",
      code: "UNAUTHENTICATED",
    });
    expect(await factorOf(person)).toEqual(ON);
    expect(await configure(person, false, "EMAIL")).toEqual({ __typename: "User", mfa: { ...ON, enabled: false } });
    expect((await mailTo(person.email, "FACTOR_CHANGED")).payload.facts).toMatchObject({
      what: "codes at sign-in were switched off",
      device: "Firefox on Linux",
    });
    expect(await signIn(person)).toMatchObject({ __typename: "SignedIn", userId: person.id });
    await configure(person, true, "EMAIL");
    expect(await signIn(person)).toMatchObject({ __typename: "Challenge", channel: "EMAIL" });
    await delivered();
    const record = audits("user:configureMfa").find(({ resourceId }) => resourceId === person.id);
    expect(record).toMatchObject({
      actorId: person.id,
      before: { enabled: true, channel: "EMAIL" },
      after: { enabled: false, channel: "EMAIL" },
    });
  });

  it("cannot be switched off where an organisation above requires it, and is asked for though it is off", async () => {
    const person = await somebody({ mfaEnabled: false });
    expect(await signIn(person)).toMatchObject({ __typename: "SignedIn" });
    await set("mfa.required", true, tree.reseller);
    expect(await configure(person, false, "EMAIL")).toMatchObject({ __typename: "ForbiddenProblem", reason: "POLICY" });
    expect(await factorOf(person)).toMatchObject({ enabled: false, requiredByOrganisation: true });
    expect(await signIn(person)).toMatchObject({ __typename: "Challenge" });
  });

  it("comes by WhatsApp only to who has a phone, and while the operator has a session", async () => {
    const [without, person] = [await somebody(), await somebody({ phone: "+27821234567" })];
    const refusal = (reason: string) => ({ fields: [{ path: ["channel"], reason }] });
    expect(await configure(without, true, "WHATSAPP")).toMatchObject(refusal("NO_PHONE"));
    expect(await configure(person, true, "WHATSAPP")).toMatchObject(refusal("NOT_AVAILABLE"));
    await whatsAppIs(true);
    expect(await factorOf(without)).toMatchObject({ availableChannels: ["EMAIL"] });
    expect(await configure(person, true, "WHATSAPP")).toMatchObject({
      mfa: { channel: "WHATSAPP", availableChannels: ["EMAIL", "WHATSAPP"] },
    });
  });

  it("takes as many statements to show for many people as for one", async () => {
    await Promise.all([somebody(), somebody(), somebody()]);
    const reader = requestCaller({ org: tree.customer, permissions: ["user:read"] });
    const list = (first: number) =>
      countStatements(() =>
        graph.execute(
          "query ($first: Int) { users(first: $first) { nodes { mfa { requiredByOrganisation recoveryCodesLeft availableChannels } } } }",
          { first },
          reader,
        ),
      );
    expect((await list(3)).length).toBe((await list(1)).length);
  });
});

describe("an authenticator app", () => {
  it("is in use only once its code was right; then it is the channel, and there are ten recovery codes", async () => {
    const person = await somebody();
    expect(await startAuthenticator(person, "no")).toMatchObject({ __typename: "InvalidCredentialsProblem" });
    const setup = await startAuthenticator(person);
    expect(String(setup["otpauthUrl"])).toContain(`secret=${String(setup["secret"])}`);
    expect(await factorOf(person)).toEqual(ON);
    const code = appCode(String(setup["secret"]));
    expect(await confirmAuthenticator(person, wrong(code))).toMatchObject({ attemptsLeft: 4 });
    const answer = await confirmAuthenticator(person, code);
    expect(answer).toMatchObject({ __typename: "RecoveryCodes" });
    expect(new Set(answer["codes"] as string[]).size).toBe(10);
    expect(await factorOf(person)).toEqual({
      ...ON,
      channel: "AUTHENTICATOR",
      recoveryCodesLeft: 10,
      availableChannels: ["EMAIL", "AUTHENTICATOR"],
    });
    await mailTo(person.email, "FACTOR_CHANGED");
  });

  it("is not set up by guessing: five wrong codes end the setup, as ten minutes do", async () => {
    const person = await somebody();
    const secret = String((await startAuthenticator(person))["secret"]);
    for (const attemptsLeft of [4, 3, 2, 1, 0]) {
      expect(await confirmAuthenticator(person, wrong(appCode(secret)))).toMatchObject({ attemptsLeft });
    }
    expect(await confirmAuthenticator(person, appCode(secret))).toMatchObject({ __typename: "ExpiredCodeProblem" });
    const again = String((await startAuthenticator(person))["secret"]);
    wait(10 * 60_000 + 1);
    expect(await confirmAuthenticator(person, appCode(again))).toMatchObject({ __typename: "ExpiredCodeProblem" });
  });

  it("works on while another one is being set up, and is replaced by it", async () => {
    const person = await somebody();
    const { secret } = await withAuthenticator(person);
    const next = String((await startAuthenticator(person))["secret"]);
    expect(await verify((await signIn(person)).id, { code: appCode(secret, 1) })).toMatchObject({
      __typename: "SignedIn",
    });
    await confirmAuthenticator(person, appCode(next));
    wait(60_000);
    expect(await verify((await signIn(person)).id, { code: appCode(secret, 1) })).toMatchObject({
      __typename: "InvalidCodeProblem",
    });
    expect(await verify((await signIn(person)).id, { code: appCode(next, 1) })).toMatchObject({
      __typename: "SignedIn",
    });
  });

  it("is forgotten when another channel is chosen, and cannot be chosen before it is set up", async () => {
    const person = await somebody();
    await withAuthenticator(person);
    await configure(person, true, "EMAIL");
    expect(await factorOf(person)).toMatchObject({ channel: "EMAIL", availableChannels: ["EMAIL"] });
    expect(await configure(person, true, "AUTHENTICATOR")).toMatchObject({ fields: [{ reason: "NOT_SET_UP" }] });
  });

  it("lies sealed in the table, and recovery codes as hashes", async () => {
    const person = await somebody();
    const { secret, codes } = await withAuthenticator(person);
    const dump = await system<string>(async (tx) => {
      const rows = await tx.sql`select encode(a.secret, 'escape') as s, r.hash from authenticator a
        join recovery_code r on r.user_id = a.user_id where a.user_id = ${person.id}`;
      return JSON.stringify(rows);
    });
    expect(dump).toContain("hash");
    for (const text of [secret, ...codes]) expect(dump).not.toContain(text);
  });
});

describe("recovery codes", () => {
  it("are renewed with the password, and the old ones end", async () => {
    const person = await somebody();
    const { codes: before } = await withAuthenticator(person);
    expect(await renewRecoveryCodes(person, "no")).toMatchObject({ __typename: "InvalidCredentialsProblem" });
    const after = (await renewRecoveryCodes(person))["codes"] as string[];
    const { id } = await signIn(person);
    expect(await verify(id, { recoveryCode: before[0] })).toMatchObject({ __typename: "InvalidCodeProblem" });
    expect(await verify(id, { recoveryCode: after[0] })).toMatchObject({ __typename: "SignedIn" });
    expect(await factorOf(person)).toMatchObject({ recoveryCodesLeft: 9 });
  });

  it("end when the second factor is switched off", async () => {
    const person = await somebody();
    await withAuthenticator(person);
    await configure(person, false, "EMAIL");
    expect(await factorOf(person)).toMatchObject({ enabled: false, recoveryCodesLeft: 0 });
  });
});

describe("the password, asked for once more", () => {
  it("locks the account like a failed sign-in, and the right one does not lift the lock", async () => {
    const person = await somebody();
    for (let i = 0; i < 5; i += 1) await configure(person, false, "EMAIL", `guess ${i}`);
    expect(await configure(person, false, "EMAIL")).toMatchObject({ __typename: "InvalidCredentialsProblem" });
    expect(await signIn(person)).toMatchObject({ __typename: "InvalidCredentialsProblem" });
    expect((await asNow(person)).mfaEnabled).toBe(true);
    await delivered();
    expect(audits("user:lockOut").filter(({ resourceId }) => resourceId === person.id)).toHaveLength(1);
  });

  it("leaves no failure behind when it is right, and is no way in for API keys", async () => {
    const person = await somebody();
    for (let i = 0; i < 6; i += 1) {
      expect(await configure(person, true, "EMAIL")).toMatchObject({ __typename: "User" });
    }
    const key = as(person, { apiKey: { requestsPerMinute: 60 } });
    const { errors } = await graph.execute(
      'mutation { startAuthenticator(input: { password: "x" }) { __typename } }',
      {},
      key,
    );
    expect(errors?.[0]?.extensions?.["code"]).toBe("FORBIDDEN");
  });
});
