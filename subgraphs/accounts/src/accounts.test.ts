import { randomUUID } from "node:crypto";
import { Sealer } from "@tollgate/kit";
import type { DeliveredEvent } from "@tollgate/kit/protocol";
import { requestCaller, TEST_SECRET, TestSubgraph, testTree, until } from "@tollgate/kit/testing";
import { createLocalJWKSet, jwtVerify } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { accountsSubgraph, identityOf, seedUsers } from "./index.js";
import { PasswordHasher } from "./sign-in/hasher.js";

const tree = testTree();
const PASSWORD = "Correct-Horse-7";
const [thandi, sipho, lerato] = [randomUUID(), randomUUID(), randomUUID()];
const hasher = new PasswordHasher(2);
const mails: DeliveredEvent[] = [];
const told: DeliveredEvent[] = [];
let offset = 0;
let graph: TestSubgraph;
let address = 0;

const now = () => new Date(Date.now() + offset);

beforeAll(async () => {
  const sink = {
    name: "tests",
    accepts: (type: string) => type !== "audit.recorded",
    receive: async (event: DeliveredEvent) => void (event.type === "mail.requested" ? mails : told).push(event),
  };
  graph = await TestSubgraph.start(inject("postgresUrl"), accountsSubgraph({ clock: now, hasher }), tree.source, [
    sink,
  ]);
  await seedUsers(graph.subgraph, [
    {
      id: thandi,
      organisationId: tree.customer,
      email: "thandi@example.com",
      displayName: "Thandi",
      password: PASSWORD,
    },
    { id: sipho, organisationId: tree.customer, email: "Sipho@example.com", displayName: "Sipho", password: PASSWORD },
    {
      id: lerato,
      organisationId: tree.otherCustomer,
      email: "lerato@example.com",
      displayName: "Lerato",
      password: PASSWORD,
    },
  ]);
});

afterAll(() => graph.stop());

beforeEach(() => {
  offset = 0;
  address += 1;
});

const nobody = (rest = {}) =>
  requestCaller(null, { address: `10.0.0.${address}`, userAgent: "Mozilla/5.0 (X11; Linux) Firefox/130.0", ...rest });

const SIGN_IN = `mutation ($email: EmailAddress!, $password: String!) { signIn(input: { email: $email, password: $password, delivery: BEARER }) {
  __typename ... on Challenge { id destination attemptsLeft resendsLeft } ... on Problem { code message } } }`;
const VERIFY = `mutation ($id: ID!, $code: String!, $delivery: TokenDelivery) { verifyChallenge(input: { challengeId: $id, code: $code, delivery: $delivery }) {
  __typename ... on SignedIn { userId sessionId accessToken refreshToken accessTokenExpiresAt } ... on Problem { code message }
  ... on InvalidCodeProblem { attemptsLeft } ... on ExpiredCodeProblem { resendsLeft } } }`;
const RESEND = `mutation ($id: ID!) { resendChallenge(input: { challengeId: $id }) { __typename ... on Challenge { resendsLeft } ... on RateLimitedProblem { retryAfterSeconds } } }`;

type Answer = Record<string, unknown> & { __typename: string };

const run = async (document: string, variables: Record<string, unknown>, caller = nobody()) => {
  const { data, errors } = await graph.execute(document, variables, caller);
  expect(errors).toBeUndefined();
  return Object.values(data ?? {})[0] as Answer;
};

const codeFor = async (challengeId: string, seen = 0): Promise<string> => {
  await until(() => mails.length > seen);
  const mail = mails.at(-1);
  expect(mail?.sealed).toBeInstanceOf(Uint8Array);
  expect(JSON.stringify(mail?.payload)).not.toMatch(/\b\d{6}\b/);
  expect(challengeId).toBeTruthy();
  return new Sealer(TEST_SECRET, "events").open(mail?.sealed ?? new Uint8Array(), mail?.id ?? "");
};

const signIn = async (email = "thandi@example.com", delivery = "BEARER") => {
  const seen = mails.length;
  const challenge = await run(SIGN_IN, { email, password: PASSWORD });
  const code = await codeFor(String(challenge["id"]), seen);
  return run(VERIFY, { id: challenge["id"], code, delivery });
};

describe("signing in", () => {
  it("asks for the password, then for the mailed code, and gives a token that its keys verify", async () => {
    const signedIn = await signIn();
    expect(signedIn).toMatchObject({ __typename: "SignedIn", userId: thandi });
    const keys = createLocalJWKSet(await identityOf(graph.subgraph, TEST_SECRET).jwks());
    const { payload } = await jwtVerify(String(signedIn["accessToken"]), keys, {
      issuer: "tollgate",
      audience: "tollgate",
    });
    expect(payload).toMatchObject({ sub: thandi, org: tree.customer, kind: "CUSTOMER", sid: signedIn["sessionId"] });
  });

  it("hands tokens to the gateway, not to the page, when they travel in cookies", async () => {
    const seen = mails.length;
    const challenge = await run(SIGN_IN, { email: "thandi@example.com", password: PASSWORD });
    const code = await codeFor(String(challenge["id"]), seen);
    const answer = await graph.execute(VERIFY, { id: challenge["id"], code }, nobody());
    expect(answer.data?.["verifyChallenge"]).toMatchObject({ accessToken: null, refreshToken: null });
    expect(answer.extensions?.session?.refreshToken).toBeTruthy();
  });

  it("answers the same and hashes as often for a wrong password, an unknown e-mail and a lock-out", async () => {
    const attempt = async (email: string, password: string) => {
      const before = hasher.performed;
      const answer = await run(SIGN_IN, { email, password });
      return { answer, hashes: hasher.performed - before };
    };
    const wrong = await attempt("sipho@example.com", "wrong");
    expect(wrong.answer).toMatchObject({ __typename: "InvalidCredentialsProblem", code: "UNAUTHENTICATED" });
    expect(await attempt("nobody@example.com", "wrong")).toEqual(wrong);
    for (let i = 0; i < 4; i += 1) expect(await attempt("SIPHO@example.com", "wrong")).toEqual(wrong);
    expect(await attempt("sipho@example.com", PASSWORD)).toEqual(wrong);
    await until(() => told.some((event) => event.type === "user.lockedOut" && event.aggregateId === sipho));
    expect(told.filter((event) => event.type === "user.lockedOut")).toHaveLength(1);
  });

  it("lets no sixth guess through when a crowd of them comes at once", async () => {
    const email = "lerato@example.com";
    // One fewer than what an address may fail.
    const guesses = Array.from({ length: 19 }, (_, i) => run(SIGN_IN, { email, password: `guess ${i}` }));
    await Promise.all(guesses);
    const rows = await graph.subgraph.database.system(
      "test",
      (tx) => tx.sql<{ outcome: string; count: bigint }[]>`
        select outcome, count(*) from sign_in_attempt where email = ${email} group by outcome`,
    );
    expect(Object.fromEntries(rows.map((row) => [row.outcome, Number(row.count)]))).toEqual({
      WRONG_PASSWORD: 5,
      LOCKED_OUT: 14,
    });
  });

  it("turns an address away after too many failures, whoever it asks for", async () => {
    for (let i = 0; i < 20; i += 1) await run(SIGN_IN, { email: `nobody${i}@example.com`, password: "x" });
    const answer = await run(SIGN_IN, { email: "thandi@example.com", password: PASSWORD });
    expect(answer).toMatchObject({ __typename: "RateLimitedProblem", code: "RATE_LIMITED" });
  });

  it("counts wrong codes down to the end of the challenge", async () => {
    const seen = mails.length;
    const challenge = await run(SIGN_IN, { email: "thandi@example.com", password: PASSWORD });
    const code = await codeFor(String(challenge["id"]), seen);
    const wrong = code === "000000" ? "000001" : "000000";
    for (let left = 4; left >= 1; left -= 1) {
      expect(await run(VERIFY, { id: challenge["id"], code: wrong })).toMatchObject({
        __typename: "InvalidCodeProblem",
        attemptsLeft: left,
      });
    }
    expect(await run(VERIFY, { id: challenge["id"], code: wrong })).toMatchObject({ attemptsLeft: 0 });
    expect(await run(VERIFY, { id: challenge["id"], code })).toMatchObject({ __typename: "InvalidTokenProblem" });
    await graph.subgraph.database.system(
      "test",
      (tx) => tx.sql`delete from sign_in_attempt where email = 'thandi@example.com'`,
    );
  });

  it("ends a code after five minutes and takes a code once only", async () => {
    const seen = mails.length;
    const challenge = await run(SIGN_IN, { email: "thandi@example.com", password: PASSWORD });
    const code = await codeFor(String(challenge["id"]), seen);
    offset = 5 * 60_000 + 1;
    expect(await run(VERIFY, { id: challenge["id"], code })).toMatchObject({
      __typename: "ExpiredCodeProblem",
      resendsLeft: 3,
    });
    offset = 0;
    expect(await run(VERIFY, { id: challenge["id"], code })).toMatchObject({ __typename: "SignedIn" });
    expect(await run(VERIFY, { id: challenge["id"], code })).toMatchObject({ __typename: "InvalidTokenProblem" });
  });

  it("sends another code at most three times, thirty seconds apart", async () => {
    const challenge = await run(SIGN_IN, { email: "thandi@example.com", password: PASSWORD });
    expect(await run(RESEND, { id: challenge["id"] })).toMatchObject({
      __typename: "RateLimitedProblem",
      retryAfterSeconds: 30,
    });
    for (const left of [2, 1, 0]) {
      offset += 31_000;
      expect(await run(RESEND, { id: challenge["id"] })).toMatchObject({ __typename: "Challenge", resendsLeft: left });
    }
    offset += 31_000;
    expect(await run(RESEND, { id: challenge["id"] })).toMatchObject({ __typename: "InvalidTokenProblem" });
  });

  it("tells of a session, and whether the device is known", async () => {
    await signIn();
    await until(
      () => told.filter((event) => event.type === "session.started" && event.aggregateId === thandi).length >= 2,
    );
    const [first, second] = told.filter((event) => event.type === "session.started").map((event) => event.payload);
    expect(first).toMatchObject({ device: "Firefox on Linux", isKnownDevice: false });
    expect(second).toMatchObject({ isKnownDevice: true });
  });
});

describe("people", () => {
  it("know themselves; details of others are for those who may see people, and foreign ones are NOT_FOUND", async () => {
    const me = requestCaller({ sub: thandi, org: tree.customer });
    expect((await graph.execute("{ me { displayName email mfa { enabled channel } status } }", {}, me)).data).toEqual({
      me: {
        displayName: "Thandi",
        email: "thandi@example.com",
        mfa: { enabled: true, channel: "EMAIL" },
        status: "ACTIVE",
      },
    });
    const entity = "query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { displayName email } } }";
    const others = {
      r: [
        { __typename: "User", id: sipho },
        { __typename: "User", id: lerato },
      ],
    };
    expect((await graph.execute(entity, others, me)).data).toEqual({
      _entities: [{ displayName: "Sipho", email: null }, null],
    });
    const manager = requestCaller({ sub: thandi, org: tree.reseller, permissions: ["user:read"] });
    const user = "query ($id: ID!) { user(id: $id) { email lockedUntil status } }";
    expect((await graph.execute(user, { id: sipho }, manager)).data).toMatchObject({
      user: { email: "Sipho@example.com", status: "LOCKED" },
    });
    expect((await graph.execute(user, { id: lerato }, manager)).errors?.[0]?.extensions).toMatchObject({
      code: "NOT_FOUND",
    });
    const list = await graph.execute(
      '{ users(filter: { search: "THANDI" }) { totalCount nodes { id } } }',
      {},
      manager,
    );
    expect(list.data).toEqual({ users: { totalCount: 1, nodes: [{ id: thandi }] } });
  });
});
