import { Database, databaseAddresses, newEventId, Sealer } from "@tollgate/kit";
import { scrape } from "@tollgate/kit/observe";
import { TEST_SECRET } from "@tollgate/kit/testing";
import { describe, expect, it } from "vitest";
import { RefreshTokens } from "../sessions/tokens.js";
import {
  as,
  asNow,
  graph,
  hasher,
  now,
  PASSWORD,
  run,
  somebody,
  stranger,
  withAccounts,
} from "../testing/credentials.js";
import { configure, mailedCode, signIn, verify, wrong } from "../testing/second-step.js";
import { Codes } from "./codes.js";
import { SignIn } from "./sign-in.js";

withAccounts();

const NAME = "sign-in of the enumeration test";

/** The first step on a database of its own, where nothing else is counted. */
const counted = async <T>(work: (signIn: SignIn, sent: () => Promise<number>) => Promise<T>): Promise<T> => {
  const { login } = databaseAddresses("accounts", graph.databaseUrl, null, TEST_SECRET);
  const database = new Database(login, { connections: 1, applicationName: NAME });
  const parts = { codes: new Codes(TEST_SECRET), sealer: new Sealer(TEST_SECRET, "events"), clock: now };
  const tokens = new RefreshTokens(TEST_SECRET);
  const sent = async () => {
    const line = (await scrape()).text
      .split("\n")
      .find((each) => each.includes("sql_statements_total") && each.includes(NAME));
    return Number(line?.split(" ").at(-1) ?? 0);
  };
  try {
    // The first statements of a connection are about types and codecs.
    await database.system("warm-up", (tx) => tx.sql`select 1`);
    return await work(new SignIn({ ...parts, database, hasher, tokens, newId: () => newEventId() }), sent);
  } finally {
    await database.close();
  }
};

describe("nobody learns who has an account here", () => {
  it("a wrong password, an unknown e-mail, and accounts that are locked, deactivated, unverified or erased cost the same statements and one hash", async () => {
    const people = {
      active: await somebody(),
      locked: await somebody(),
      deactivated: await somebody({ status: "DEACTIVATED" }),
      unverified: await somebody({ status: "UNVERIFIED" }),
      erased: await somebody({ status: "ERASED" }),
      withoutFactor: await somebody({ mfaEnabled: false }),
    };
    for (let i = 0; i < 5; i += 1) await signIn(people.locked, `guess ${i}`);
    const emails = {
      ...Object.fromEntries(Object.entries(people).map(([kind, { email }]) => [kind, email])),
      unknown: "nobody@example.com",
    };
    const costs = await counted(async (step, sent) => {
      const found: Record<string, unknown> = {};
      for (const [kind, email] of Object.entries(emails)) {
        const [statements, hashes] = [await sent(), hasher.performed];
        const answer = await step.withPassword(
          { ...stranger(), deadline: null, minimumTenancyVersion: null },
          email,
          "wrong",
          null,
        );
        found[kind] = { answer, statements: (await sent()) - statements, hashes: hasher.performed - hashes };
      }
      return found;
    });
    expect(costs["active"]).toMatchObject({ answer: { outcome: "REFUSED" }, hashes: 1 });
    for (const kind of Object.keys(emails)) expect(costs[kind], kind).toEqual(costs["active"]);
  });

  it("the right password of a locked, deactivated or unverified account is answered like a wrong one", async () => {
    const refused = await signIn(await somebody(), "wrong");
    const locked = await somebody();
    for (let i = 0; i < 5; i += 1) await signIn(locked, "wrong");
    for (const person of [
      locked,
      await somebody({ status: "DEACTIVATED" }),
      await somebody({ status: "UNVERIFIED" }),
    ]) {
      const before = hasher.performed;
      expect(await signIn(person)).toEqual(refused);
      expect(hasher.performed - before).toBe(1);
    }
  });

  it("a challenge says no more of its person than a masked address, and wrong answers to it are all alike", async () => {
    const person = await somebody({ email: "thandi.nkosi@example.com" });
    const challenge = await signIn(person);
    expect(JSON.stringify(challenge)).not.toContain("nkosi");
    const right = await mailedCode(person);
    const answers = [
      await verify(challenge.id, { code: wrong(right) }),
      await verify(challenge.id, { recoveryCode: "AAAAA-AAAAA" }),
    ];
    expect(answers.map(({ __typename, message }) => [__typename, message])).toEqual([
      ["InvalidCodeProblem", "This code is wrong."],
      ["InvalidCodeProblem", "This code is wrong."],
    ]);
  });

  it("failures at the second step, at the first and at a change of the second factor lock one account together", async () => {
    const person = await somebody();
    const { id } = await signIn(person);
    const right = await mailedCode(person);
    await verify(id, { code: wrong(right) });
    await verify(id, { code: wrong(right) });
    await signIn(person, "wrong");
    await configure(person, false, "EMAIL", "wrong");
    await configure(person, false, "EMAIL", "wrong");
    expect(await signIn(person, PASSWORD)).toMatchObject({ __typename: "InvalidCredentialsProblem" });
    const me = await run("{ me { __typename status lockedUntil } }", {}, as(await asNow(person)));
    expect(me).toMatchObject({ status: "LOCKED" });
  });
});
