import { databaseAddresses, Subgraph } from "@tollgate/kit";
import { createLogger } from "@tollgate/kit/process";
import { TEST_SECRET } from "@tollgate/kit/testing";
import { parse } from "graphql";
import { afterEach, describe, expect, it, vi } from "vitest";
import { accountsSubgraph } from "../index.js";
import {
  as,
  asNow,
  audits,
  delivered,
  graph,
  hasher,
  mailTo,
  now,
  run,
  somebody,
  stranger,
  system,
  tree,
  wait,
  withAccounts,
} from "../testing/credentials.js";
import {
  appCode,
  configure,
  factorOf,
  mailedCode,
  mailsTo,
  resend,
  signIn,
  verify,
  whatsAppCode,
  whatsAppIs,
  withAuthenticator,
  wrong,
} from "../testing/second-step.js";

withAccounts();

afterEach(() => whatsAppIs(false));

const PHONE = "+27821234567";

describe("the code of an authenticator app", () => {
  it("signs in without anything being sent, and there is no easier way past it", async () => {
    const person = await somebody({ phone: PHONE });
    await whatsAppIs(true);
    const { secret } = await withAuthenticator(person);
    const sent = mailsTo(person);
    const challenge = await signIn(person);
    expect(challenge).toMatchObject({
      channel: "AUTHENTICATOR",
      destination: null,
      availableChannels: ["AUTHENTICATOR"],
    });
    wait(31_000);
    const { errors } = await graph.execute(
      `mutation { resendChallenge(input: { challengeId: "${challenge.id}", channel: EMAIL }) { __typename } }`,
      {},
      stranger(),
    );
    expect(errors?.[0]?.extensions?.["code"]).toBe("INVALID_INPUT");
    expect(await verify(challenge.id, { code: appCode(secret, 1) })).toMatchObject({ __typename: "SignedIn" });
    await delivered();
    expect(mailsTo(person)).toBe(sent);
  });

  it("is taken once, whichever of two replicas sees it, and none older than one that was taken", async () => {
    const person = await somebody();
    const { secret } = await withAuthenticator(person);
    const replica = await Subgraph.create(accountsSubgraph({ clock: now }), {
      addresses: databaseAddresses("accounts", graph.databaseUrl, null, TEST_SECRET),
      connections: 3,
      masterSecret: TEST_SECRET,
      logger: createLogger("accounts", "silent"),
      tenancySource: tree.source,
    });
    try {
      const [first, second] = [await signIn(person), await signIn(person)];
      const code = appCode(secret, 1);
      const document = parse(
        `mutation ($id: ID!, $code: String!) { verifyChallenge(input: { challengeId: $id, code: $code }) { __typename } }`,
      );
      const answers = await Promise.all([
        verify(first.id, { code }),
        replica
          .execute({ document, variables: { id: second.id, code }, caller: stranger() })
          .then(({ data }) => data?.["verifyChallenge"] as { __typename: string }),
      ]);
      expect(answers.map(({ __typename }) => __typename).sort()).toEqual(["InvalidCodeProblem", "SignedIn"]);
      const third = await signIn(person);
      expect(await verify(third.id, { code: appCode(secret) })).toMatchObject({ __typename: "InvalidCodeProblem" });
      wait(60_000);
      expect(await verify(third.id, { code: appCode(secret, 1) })).toMatchObject({ __typename: "SignedIn" });
    } finally {
      await replica.stop();
    }
  });
});

describe("a recovery code", () => {
  it("signs in once, however it is typed, and tells the person how many are left", async () => {
    const person = await somebody();
    const { codes } = await withAuthenticator(person);
    const typed = ` ${codes[3]?.toLowerCase().replace("-", " ")} `;
    const [first, second] = [await signIn(person), await signIn(person)];
    const answers = await Promise.all([
      verify(first.id, { recoveryCode: typed }),
      verify(second.id, { recoveryCode: typed }),
    ]);
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual(["InvalidCodeProblem", "SignedIn"]);
    expect(await factorOf(person)).toMatchObject({ recoveryCodesLeft: 9 });
    expect((await mailTo(person.email, "FACTOR_CHANGED", 1)).payload.facts["what"]).toContain("9 are left");
    expect(audits("user:useRecoveryCode").some(({ resourceId }) => resourceId === person.id)).toBe(true);
  });

  it("is of one person only, and goes with no code beside it", async () => {
    const [thandi, sipho] = [await somebody(), await somebody()];
    const { codes } = await withAuthenticator(thandi);
    await withAuthenticator(sipho);
    const { id } = await signIn(sipho);
    expect(await verify(id, { recoveryCode: codes[0] })).toMatchObject({
      __typename: "InvalidCodeProblem",
      attemptsLeft: 4,
    });
    for (const proof of ["", 'code: "123456", recoveryCode: "x",']) {
      const document = `mutation { verifyChallenge(input: { ${proof} challengeId: "${id}" }) { __typename } }`;
      const { errors } = await graph.execute(document, {}, stranger());
      expect(errors?.[0]?.extensions?.["code"]).toBe("INVALID_INPUT");
    }
  });
});

describe("codes by WhatsApp", () => {
  it("go out sealed to the phone where the operator has a session, and by mail where the person wishes it", async () => {
    const person = await somebody({ phone: PHONE, mfaChannel: "WHATSAPP" });
    await whatsAppIs(true);
    const challenge = await signIn(person);
    expect(challenge).toMatchObject({
      channel: "WHATSAPP",
      destination: "+27•••67",
      availableChannels: ["WHATSAPP", "EMAIL"],
    });
    const { event, code } = await whatsAppCode(person);
    expect(event.payload).toMatchObject({ phone: PHONE, email: person.email });
    expect(JSON.stringify(event.payload)).not.toContain(code);
    wait(31_000);
    expect(await resend(challenge.id, "EMAIL")).toMatchObject({ channel: "EMAIL", resendsLeft: 2 });
    expect(await verify(challenge.id, { code })).toMatchObject({ __typename: "InvalidCodeProblem" });
    expect(await verify(challenge.id, { code: await mailedCode(person) })).toMatchObject({ __typename: "SignedIn" });
  });

  it("are mails while the operator has no session, for those who chose WhatsApp as well", async () => {
    const person = await somebody({ phone: PHONE, mfaChannel: "WHATSAPP" });
    const challenge = await signIn(person);
    expect(challenge).toMatchObject({ channel: "EMAIL", availableChannels: ["EMAIL"] });
    await whatsAppIs(true);
    wait(31_000);
    expect(await resend(challenge.id, "WHATSAPP")).toMatchObject({ channel: "WHATSAPP" });
  });
});

describe("challenges", () => {
  it("are three at most for one person: a fourth ends the oldest", async () => {
    const person = await somebody();
    const issued: { id: string; code: string }[] = [];
    for (let seen = 0; seen < 4; seen += 1) {
      wait(seen * 1_000);
      const { id } = await signIn(person);
      issued.push({ id, code: await mailedCode(person, seen) });
    }
    const [oldest, ...others] = issued;
    expect(await verify(oldest?.id ?? "", { code: oldest?.code })).toMatchObject({ __typename: "InvalidTokenProblem" });
    for (const { id, code } of others) expect(await verify(id, { code })).toMatchObject({ __typename: "SignedIn" });
  });

  it("together take five wrong codes: the next one waits, whichever challenge it is for, and the account is locked", async () => {
    const person = await somebody();
    const [first, second] = [await signIn(person), await signIn(person)];
    const code = await mailedCode(person, 1);
    for (let i = 0; i < 5; i += 1) await verify(i < 3 ? first.id : second.id, { code: wrong(code) });
    const answer = await verify(second.id, { code });
    expect(answer).toMatchObject({ __typename: "RateLimitedProblem", code: "RATE_LIMITED" });
    expect(answer["retryAfterSeconds"]).toBeGreaterThan(800);
    expect(await signIn(person)).toMatchObject({ __typename: "InvalidCredentialsProblem" });
    await delivered();
    expect(audits("user:lockOut").filter(({ resourceId }) => resourceId === person.id)).toHaveLength(1);
  });

  it("whose tries are spent get no new code", async () => {
    const person = await somebody();
    const { id } = await signIn(person);
    await system((tx) => tx.sql`update challenge set attempts_left = 0 where id = ${id}`);
    wait(31_000);
    expect(await resend(id)).toMatchObject({ __typename: "InvalidTokenProblem" });
  });

  it("fill nobody's mailbox: after thirty codes in a quarter of an hour there are no more", async () => {
    const person = await somebody();
    await signIn(person);
    await system(
      (tx) => tx.sql`
        insert into challenge (id, organisation_id, user_id, channel, code_hash, attempts_left, resends_left, resend_allowed_at, expires_at, consumed_at, created_at)
        select gen_random_uuid(), organisation_id, user_id, channel, code_hash, 5, 3, resend_allowed_at, expires_at, now(), created_at
          from challenge, generate_series(1, 29) where user_id = ${person.id}`,
    );
    expect(await signIn(person)).toMatchObject({ __typename: "RateLimitedProblem" });
    wait(15 * 60_000 + 1_000);
    expect(await signIn(person)).toMatchObject({ __typename: "Challenge" });
  });

  it("are of no use to somebody who was deactivated meanwhile, nor to anybody who makes their ids up", async () => {
    const person = await somebody();
    const { id } = await signIn(person);
    const code = await mailedCode(person);
    await system((tx) => tx.sql`update "user" set status = 'DEACTIVATED' where id = ${person.id}`);
    expect((await asNow(person)).status).toBe("DEACTIVATED");
    expect(await verify(id, { code })).toMatchObject({ __typename: "InvalidTokenProblem" });
    for (const made of ["x", "00000000-0000-0000-0000-000000000000"]) {
      expect(await verify(made, { code })).toMatchObject({ __typename: "InvalidTokenProblem" });
      expect(await resend(made)).toMatchObject({ __typename: "InvalidTokenProblem" });
    }
  });

  it("do not stand in each other's way: answers, changes of the factor and ends of all sessions at once all come through", async () => {
    const person = await somebody({ mfaChannel: "EMAIL" });
    const code = wrong("000000");
    for (let round = 0; round < 3; round += 1) {
      const ids = await Promise.all([signIn(person), signIn(person)]);
      const answers = await Promise.all([
        ...ids.map(({ id }) => verify(id, { code })),
        configure(person, true, "EMAIL"),
        run("mutation { endAllSessions(input: { keepCurrent: true }) { __typename } }", {}, as(person)),
        signIn(person),
      ]);
      for (const answer of answers) expect(answer.__typename).toBeTruthy();
      await system((tx) => tx.sql`delete from sign_in_attempt where user_id = ${person.id}`);
    }
  });

  it("are not to be had with a password that was changed meanwhile", async () => {
    const person = await somebody();
    const verifying = hasher.verify.bind(hasher);
    const spied = vi.spyOn(hasher, "verify").mockImplementationOnce(async (hash, password) => {
      const isRight = await verifying(hash, password);
      const another = await hasher.hash("Violet-Anchor-81");
      await system((tx) => tx.sql`update "user" set password_hash = ${another} where id = ${person.id}`);
      return isRight;
    });
    expect(await signIn(person)).toMatchObject({ __typename: "InvalidCredentialsProblem" });
    spied.mockRestore();
    expect(await signIn(person, "Violet-Anchor-81")).toMatchObject({ __typename: "Challenge" });
  });
});
