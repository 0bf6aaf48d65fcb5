import { randomUUID } from "node:crypto";
import { type AuditRecord, newEventId, Sealer } from "@tollgate/kit";
import type { AccessClaims, DeliveredEvent, MailRequest, RequestCaller, UserChange } from "@tollgate/kit/protocol";
import { requestCaller, TEST_SECRET, TestSubgraph, testTree, until } from "@tollgate/kit/testing";
import { afterAll, beforeAll, beforeEach, expect, inject } from "vitest";
import { accountsSubgraph } from "../index.js";
import { startSession } from "../sessions/sessions.js";
import { RefreshTokens } from "../sessions/tokens.js";
import { PasswordHasher } from "../sign-in/hasher.js";
import { user } from "../tables.js";
import { type UserRow, userById } from "../users/users.js";

export const PASSWORD = "Correct-Horse-7";
export const ANOTHER = "Violet-Anchor-81";

/** A running accounts subgraph whose mails and news are kept, for one test file. */
export const tree = testTree();
export const hasher = new PasswordHasher(2);
export const mails: (DeliveredEvent & { payload: MailRequest })[] = [];
export const told: DeliveredEvent[] = [];
export let graph: TestSubgraph;
let offset = 0;
let addresses = 0;
let passwordHash = "";

export const now = () => new Date(Date.now() + offset);

/** Moves the clock of accounts on; back to now before the next test. */
export const wait = (milliseconds: number): void => {
  offset = milliseconds;
};

export const system = <T>(work: Parameters<TestSubgraph["subgraph"]["database"]["system"]>[1]): Promise<T> =>
  graph.subgraph.database.system("test", work) as Promise<T>; // what the work gives

export const withAccounts = (): void => {
  beforeAll(async () => {
    const sink = {
      name: "tests",
      accepts: () => true,
      // The catalogue's type for this event.
      receive: async (event: DeliveredEvent) =>
        void (event.type === "mail.requested" ? mails.push(event as (typeof mails)[number]) : told.push(event)),
    };
    graph = await TestSubgraph.start(inject("postgresUrl"), accountsSubgraph({ clock: now, hasher }), tree.source, [
      sink,
    ]);
    passwordHash = await hasher.hash(PASSWORD);
  });
  afterAll(() => graph.stop());
  beforeEach(() => {
    offset = 0;
  });
};

/** Somebody new in the customer's organisation, who is active and has PASSWORD. */
export const somebody = async (rest: Partial<typeof user.$inferInsert> = {}): Promise<UserRow> => {
  const values = { displayName: "Thandi Nkosi", email: `${randomUUID()}@example.com`, organisationId: tree.customer };
  const [row] = await system<UserRow[]>((tx) =>
    tx.db
      .insert(user)
      .values({ ...values, passwordHash, emailVerified: true, status: "ACTIVE", ...rest })
      .returning(),
  );
  if (!row) throw new Error("insert gave no row");
  return row;
};

export const asNow = (person: UserRow): Promise<UserRow> => system((tx) => userById(tx, person.id));

/** A live session of somebody. @returns its id */
export const sessionOf = async (person: UserRow): Promise<string> => {
  const id = newEventId();
  await system((tx) => startSession(tx, person, new RefreshTokens(TEST_SECRET), id, now()));
  return id;
};

export const liveSessions = (person: UserRow): Promise<string[]> =>
  system(async (tx) => {
    const rows = await tx.sql<{ id: string }[]>`
      select id from session where user_id = ${person.id} and ended_at is null order by started_at`;
    return rows.map(({ id }) => id);
  });

const origin = (): Partial<RequestCaller> => {
  addresses += 1;
  return {
    address: `10.1.0.${addresses}`,
    userAgent: "Mozilla/5.0 (X11; Linux) Firefox/130.0",
    deadline: Date.now() + 30_000,
  };
};

/** Nobody, from an address that was never seen before. */
export const stranger = (rest: Partial<RequestCaller> = {}) => requestCaller(null, { ...origin(), ...rest });

export const as = (person: UserRow, claims: Partial<AccessClaims> = {}) =>
  requestCaller({ sub: person.id, org: person.organisationId, ...claims }, origin());

export type Answer = Record<string, unknown> & { __typename: string };

export const run = async (
  document: string,
  variables: Record<string, unknown>,
  caller = stranger(),
): Promise<Answer> => {
  const { data, errors } = await graph.execute(document, variables, caller);
  expect(errors).toBeUndefined();
  return Object.values(data ?? {})[0] as Answer; // each document here has one field, with __typename
};

/** The newest mail of a kind to an address, once there is one beyond the first `seen`. */
export const mailTo = async (to: string, kind: MailRequest["kind"], seen = 0) => {
  const those = () => mails.filter(({ payload }) => payload.to === to && payload.kind === kind);
  await until(() => those().length > seen);
  const newest = those().at(-1);
  if (!newest) throw new Error("there is none");
  return newest;
};

/** What travelled sealed with a mail. */
export const secretOf = (mail: DeliveredEvent): string =>
  new Sealer(TEST_SECRET, "events").open(mail.sealed ?? new Uint8Array(), mail.id);

/** Everything that was announced so far has been delivered. */
export const delivered = () =>
  until(() =>
    system<boolean>(async (tx) => {
      const [row] = await tx.sql<
        { left: number }[]
      >`select count(*)::int as left from outbox where delivered_at is null`;
      return row?.left === 0;
    }),
  );

export const audits = (action: string): AuditRecord[] =>
  told
    .filter(({ type }) => type === "audit.recorded")
    .map(({ payload }) => payload as AuditRecord) // the catalogue's type for this event
    .filter((record) => record.action === action);

export const changesOf = (person: UserRow): UserChange[] =>
  told
    .filter(({ type, aggregateId }) => type === "user.changed" && aggregateId === person.id)
    .map(({ payload }) => payload as UserChange); // the catalogue's type for this event

export const PROBLEM = "... on Problem { code message } ... on RateLimitedProblem { retryAfterSeconds }";
