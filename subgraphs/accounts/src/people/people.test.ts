import { randomUUID } from "node:crypto";
import type { DeliveredEvent, UserChange } from "@tollgate/kit/protocol";
import { requestCaller, TestSubgraph, testTree, until } from "@tollgate/kit/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { accountsSubgraph, seedUsers } from "../index.js";

const tree = testTree();
const [naledi, pieter, amina, tomas] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
const told: UserChange[] = [];
let graph: TestSubgraph;
let version = 0n;

const system = <T>(work: Parameters<TestSubgraph["subgraph"]["database"]["system"]>[1]) =>
  graph.subgraph.database.system("test", work) as Promise<T>;

const member = (userId: string, organisationId: string, isOwner: boolean, permissions = ["user:read"]) => {
  version += 1n;
  const event: DeliveredEvent = {
    id: randomUUID(),
    type: "member.changed",
    aggregateId: userId,
    aggregateVersion: version,
    organisationId,
    occurredAt: new Date(),
    payload: { userId, organisationId, permissions, isOwner },
    sealed: null,
  };
  return graph.subgraph.inbox.receive(event);
};

beforeAll(async () => {
  const sink = {
    name: "tests",
    accepts: (type: string) => type === "user.changed",
    receive: async (event: DeliveredEvent) => void told.push(event.payload as UserChange),
  };
  graph = await TestSubgraph.start(inject("postgresUrl"), accountsSubgraph(), tree.source, [sink]);
  const password = "Correct-Horse-7";
  await seedUsers(graph.subgraph, [
    { id: naledi, organisationId: tree.reseller, email: "naledi@example.com", displayName: "Naledi", password },
    { id: pieter, organisationId: tree.customer, email: "pieter@example.com", displayName: "Pieter", password },
    { id: amina, organisationId: tree.customer, email: "amina@example.com", displayName: "Amina", password },
    { id: tomas, organisationId: tree.otherCustomer, email: "tomas@example.com", displayName: "Tomas", password },
  ]);
});

afterAll(() => graph.stop());

beforeEach(async () => {
  await system((tx) => tx.sql`update "user" set status = 'ACTIVE', unlocked_at = null`);
  await member(naledi, tree.reseller, true);
  await member(pieter, tree.customer, true);
  await member(amina, tree.customer, false);
  await member(tomas, tree.otherCustomer, true);
});

const manager = (org = tree.reseller, sub = naledi) =>
  requestCaller({ sub, org, kind: "RESELLER", permissions: ["user:manage", "user:read", "signInAttempt:read"] });

const PROBLEM =
  "... on Problem { code message } ... on InvalidInputProblem { fields { path reason } } ... on ForbiddenProblem { reason }";
const DEACTIVATE = `mutation ($ids: [ID!]!, $reason: String!) { deactivateUsers(input: { userIds: $ids, reason: $reason }) {
  __typename ... on Users { users { id status } } ${PROBLEM} } }`;
const REACTIVATE = `mutation ($ids: [ID!]!) { reactivateUsers(input: { userIds: $ids }) {
  __typename ... on Users { users { id status } } ${PROBLEM} } }`;

const deactivate = async (ids: string[], caller = manager(), reason = "left the company") =>
  (await graph.execute(DEACTIVATE, { ids, reason }, caller)).data?.["deactivateUsers"];
const statusOf = async (id: string): Promise<string | undefined> =>
  (await system<{ status: string }[]>((tx) => tx.sql`select status from "user" where id = ${id}`))[0]?.status;

describe("deactivating people", () => {
  it("ends their sessions and tells the others", async () => {
    await system(
      (
        tx,
      ) => tx.sql`insert into session (organisation_id, user_id, device, address, user_agent, expires_at, refresh_hash)
        values (${tree.customer}, ${amina}, 'Firefox', '10.0.0.1', 'tests', now() + interval '1 day', 'x')`,
    );
    expect(await deactivate([amina])).toMatchObject({ users: [{ id: amina, status: "DEACTIVATED" }] });
    const rows = await system<{ end_reason: string }[]>(
      (tx) => tx.sql`select end_reason from session where user_id = ${amina}`,
    );
    expect(rows).toEqual([{ end_reason: "ENDED_BY_MANAGER" }]);
    await until(() => told.some(({ userId, status }) => userId === amina && status === "DEACTIVATED"));
    const back = await graph.execute(REACTIVATE, { ids: [amina] }, manager());
    expect(back.data?.["reactivateUsers"]).toMatchObject({ users: [{ status: "ACTIVE" }] });
  });

  it("does all or none: one from outside the estate, or nobody at all, stops it", async () => {
    expect(await deactivate([amina, tomas])).toMatchObject({ __typename: "NotFoundProblem" });
    expect(await deactivate([amina, randomUUID()])).toMatchObject({ __typename: "NotFoundProblem" });
    expect(await statusOf(amina)).toBe("ACTIVE");
  });

  it("refuses oneself, and the last owner of an organisation until there is another", async () => {
    expect(await deactivate([naledi])).toMatchObject({ __typename: "ForbiddenProblem", reason: "POLICY" });
    expect(await deactivate([amina, pieter])).toMatchObject({ __typename: "ForbiddenProblem", reason: "POLICY" });
    await member(amina, tree.customer, true);
    expect(await deactivate([pieter])).toMatchObject({ __typename: "Users" });
  });

  it("leaves an owner when two take the last two away at the same moment", async () => {
    await member(amina, tree.customer, true);
    const answers = await Promise.all([deactivate([amina]), deactivate([pieter])]);
    const names = answers.map((answer) => (answer as { __typename: string }).__typename).sort();
    expect(names).toEqual(["ForbiddenProblem", "Users"]);
  });

  it("wants a reason, and 1 to 100 people who are not erased", async () => {
    expect(await deactivate([amina], manager(), " x ")).toMatchObject({
      fields: [{ path: ["reason"], reason: "LENGTH" }],
    });
    expect(await deactivate([])).toMatchObject({ fields: [{ path: ["userIds"], reason: "OUT_OF_RANGE" }] });
    const many = Array.from({ length: 101 }, () => randomUUID());
    expect(await deactivate(many)).toMatchObject({ fields: [{ path: ["userIds"], reason: "OUT_OF_RANGE" }] });
    await system((tx) => tx.sql`update "user" set status = 'ERASED' where id = ${amina}`);
    expect(await deactivate([amina])).toMatchObject({ fields: [{ path: ["userIds"], reason: "ERASED" }] });
  });
});

describe("people of an estate", () => {
  it("are unlocked by whoever manages them", async () => {
    const fail = () =>
      system(
        (tx) => tx.sql`insert into sign_in_attempt (organisation_id, user_id, email, outcome, address, user_agent)
          select ${tree.customer}, ${amina}, 'amina@example.com', 'WRONG_PASSWORD', '10.0.0.9', 'tests' from generate_series(1, 5)`,
      );
    await fail();
    const status = async () =>
      (await graph.execute(`{ user(id: "${amina}") { status lockedUntil } }`, {}, manager())).data?.["user"];
    expect(await status()).toMatchObject({ status: "LOCKED" });
    const UNLOCK = `mutation { unlockUser(input: { userId: "${amina}" }) { __typename ... on User { status lockedUntil } } }`;
    const unlocked = await graph.execute(UNLOCK, {}, manager());
    expect(unlocked.data?.["unlockUser"]).toEqual({ __typename: "User", status: "ACTIVE", lockedUntil: null });
    const foreign = await graph.execute(UNLOCK, {}, manager(tree.otherCustomer, tomas));
    expect(foreign.data?.["unlockUser"]).toMatchObject({ __typename: "NotFoundProblem" });
  });

  it("are found by a part of the name or e-mail, whatever its case, and nobody outside the estate", async () => {
    const FIND = "query ($search: String!) { users(filter: { search: $search }) { totalCount nodes { displayName } } }";
    const found = async (search: string, caller = manager()) => {
      const users = (await graph.execute(FIND, { search }, caller)).data?.["users"];
      return (users as { nodes: { displayName: string }[] }).nodes.map(({ displayName }) => displayName);
    };
    expect(await found("PIETER@exam")).toEqual(["Pieter"]);
    expect(await found("mIn")).toEqual(["Amina"]);
    expect(await found("example.com")).toEqual(["Amina", "Naledi", "Pieter"]);
    expect(await found("tomas")).toEqual([]);
    expect(await found("to")).toEqual([]);
    expect(await found("tomas", manager(tree.otherCustomer, tomas))).toEqual(["Tomas"]);
    expect(await found("100%_sure")).toEqual([]);
  });

  it("are counted, with those below", async () => {
    await system((tx) => tx.sql`update "user" set status = 'DEACTIVATED' where id = ${amina}`);
    const COUNT =
      "query ($id: ID) { userStatistics(organisationId: $id) { total active deactivated withSecondFactor neverSignedIn } }";
    const own = await graph.execute(COUNT, {}, manager());
    expect(own.data?.["userStatistics"]).toEqual({
      total: 3,
      active: 2,
      deactivated: 1,
      withSecondFactor: 2,
      neverSignedIn: 2,
    });
    const foreign = await graph.execute(COUNT, { id: tree.otherCustomer }, manager());
    expect(foreign.errors?.[0]?.extensions).toMatchObject({ code: "NOT_FOUND" });
  });

  it("show who tried to sign in, by person, outcome and address, page by page", async () => {
    await system(
      (tx) => tx.sql`insert into sign_in_attempt (organisation_id, user_id, email, outcome, address, user_agent)
        select ${tree.customer}, ${pieter}, 'pieter@example.com', o, a, 'tests'
          from unnest(array['WRONG_PASSWORD', 'SUCCEEDED']) o, unnest(array['10.1.1.1', '10.1.1.2']) a`,
    );
    const LIST = `query ($filter: SignInAttemptFilter, $after: String) { signInAttempts(first: 1, after: $after, filter: $filter) {
      nodes { outcome address user { displayName } } pageInfo { hasNextPage endCursor } } }`;
    const filter = { userId: pieter, outcome: ["WRONG_PASSWORD"] };
    const first = await graph.execute(LIST, { filter }, manager());
    const page = first.data?.["signInAttempts"] as { nodes: object[]; pageInfo: { endCursor: string } };
    expect(page).toMatchObject({ nodes: [{ user: { displayName: "Pieter" } }], pageInfo: { hasNextPage: true } });
    const second = await graph.execute(LIST, { filter, after: page.pageInfo.endCursor }, manager());
    expect(second.data?.["signInAttempts"]).toMatchObject({ nodes: [{}], pageInfo: { hasNextPage: false } });
    const byAddress = await graph.execute(LIST, { filter: { address: "10.1.1.2", userId: tomas } }, manager());
    expect(byAddress.data?.["signInAttempts"]).toMatchObject({ nodes: [] });
  });
});

describe("somebody whose membership has ended", () => {
  it("is deactivated, with every session, and does not come back by reactivating", async () => {
    const session = randomUUID();
    await system(
      (tx) => tx.sql`
        insert into session (id, organisation_id, user_id, device, address, user_agent, started_at, last_seen_at, rotated_at,
          expires_at, refresh_hash)
        values (${session}, ${tree.customer}, ${amina}, 'd', 'a', 'u', now(), now(), now(), now() + interval '1 day', 'h')`,
    );
    await member(amina, tree.customer, false, []);
    const [row] = await system<{ status: string; ended: boolean }[]>(
      (tx) => tx.sql`
        select u.status, s.ended_at is not null as ended from "user" u join session s on s.user_id = u.id where s.id = ${session}`,
    );
    expect(row).toEqual({ status: "DEACTIVATED", ended: true });
    await until(() => told.findLast(({ userId }) => userId === amina)?.status === "DEACTIVATED");
    const back = await graph.execute(REACTIVATE, { ids: [amina] }, manager());
    expect(back.data?.["reactivateUsers"]).toMatchObject({ code: "INVALID_INPUT" });
  });
});
