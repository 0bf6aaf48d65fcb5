import { randomUUID } from "node:crypto";
import { countStatements } from "@tollgate/kit";
import type { DeliveredEvent } from "@tollgate/kit/protocol";
import { requestCaller, TestSubgraph, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { messagingSubgraph, seedMessaging } from "../index.js";
import { eventOf } from "../testing/arrange.js";
import { removeNotifications } from "./notifications.js";

const tree = testTree();
let messaging: TestSubgraph;

beforeAll(async () => {
  const definition = messagingSubgraph({ smtpUrl: null, mailFrom: "no-reply@example.com", mailbox: true });
  messaging = await TestSubgraph.start(inject("postgresUrl"), definition, tree.source);
});

afterAll(() => messaging.stop());

/** Somebody of the customer, new in each test. */
let userId: string;
beforeEach(() => {
  userId = randomUUID();
});

const caller = (sub = userId, org = tree.customer, rest = {}) => requestCaller({ sub, org }, rest);

const signIn = (session: { isKnownDevice?: boolean; at?: Date; device?: string; userId?: string } = {}) =>
  eventOf("session.started", {
    userId,
    organisationId: tree.customer,
    sessionId: randomUUID(),
    device: "Firefox on Linux",
    address: "192.0.2.1",
    isKnownDevice: false,
    at: new Date(),
    ...session,
  });

const tell = async (event: DeliveredEvent) => {
  await messaging.subgraph.inbox.receive(event);
  return event;
};

interface Shown {
  unreadCount: number;
  nodes: { id: string; title: string; body: string; readAt: string | null; organisation: { id: string } | null }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

const OWN = `query ($r: [_Any!]!, $first: Int, $after: String, $unreadOnly: Boolean) { _entities(representations: $r) { ... on User {
  notifications(first: $first, after: $after, unreadOnly: $unreadOnly) { unreadCount nodes { id title body readAt organisation { id } } pageInfo { hasNextPage endCursor } } } } }`;

const notificationsOf = async (
  of = userId,
  as = caller(),
  page: Record<string, unknown> = {},
): Promise<Shown | null> => {
  const { data, errors } = await messaging.execute(OWN, { r: [{ __typename: "User", id: of }], ...page }, as);
  expect(errors).toBeUndefined();
  const [user] = (data?.["_entities"] ?? []) as { notifications: Shown | null }[];
  return user?.notifications ?? null;
};

const titles = async (of = userId, as = caller()) => (await notificationsOf(of, as))?.nodes.map(({ title }) => title);

const READ = `mutation ($ids: [ID!]) { markNotificationsRead(input: { ids: $ids }) { __typename
  ... on NotificationsRead { unreadCount } ... on NotFoundProblem { code id } } }`;

const markRead = async (ids: string[] | null, as = caller()) => {
  const { data, errors } = await messaging.execute(READ, { ids }, as);
  expect(errors).toBeUndefined();
  return data?.["markNotificationsRead"];
};

describe("a person's notifications", () => {
  it("tell of a sign-in from an unknown device, once however often the event comes", async () => {
    const event = await tell(signIn());
    await tell(event);
    await tell({ ...event, id: randomUUID(), payload: { ...(event.payload as object), isKnownDevice: true } });
    const shown = await notificationsOf();
    expect(shown?.unreadCount).toBe(1);
    expect(shown?.nodes).toMatchObject([{ title: "New sign-in", readAt: null, organisation: { id: tree.customer } }]);
    expect(shown?.nodes[0]?.body).toContain("Firefox on Linux, at the address 192.0.2.1");
  });

  it("tell of a locked sign-in", async () => {
    const until = new Date("2026-03-01T12:15:00Z");
    await tell(eventOf("user.lockedOut", { userId, organisationId: tree.customer, until }));
    expect((await notificationsOf())?.nodes[0]).toMatchObject({
      title: "Sign-in locked",
      body: expect.stringMatching(/14:15.SAST/),
    });
  });

  it("are nobody else's, not even those above", async () => {
    await tell(signIn());
    expect(await notificationsOf(userId, caller(randomUUID(), tree.operator))).toBeNull();
    expect(await notificationsOf(userId, caller(randomUUID()))).toBeNull();
  });

  it("stay visible to somebody who has narrowed to another organisation", async () => {
    const narrowed = caller(userId, tree.reseller, { narrowedOrganisationId: tree.sibling });
    const { sourceEventId, ...welcome } = await seedWelcome(tree.reseller);
    expect(sourceEventId).toBeDefined();
    expect(await titles(userId, narrowed)).toEqual([welcome.title]);
    expect(await markRead(null, narrowed)).toEqual({ __typename: "NotificationsRead", unreadCount: 0 });
  });

  it("come newest first, page by page, or only those unread", async () => {
    for (let minute = 0; minute < 5; minute += 1) {
      await tell(signIn({ device: `device ${minute}`, at: new Date(Date.UTC(2026, 0, 1, 12, minute)) }));
    }
    const devices = (shown: Shown | null) => shown?.nodes.map(({ body }) => /device \d/.exec(body)?.[0]);
    const first = await notificationsOf(userId, caller(), { first: 2 });
    expect(devices(first)).toEqual(["device 4", "device 3"]);
    const second = await notificationsOf(userId, caller(), { first: 2, after: first?.pageInfo.endCursor });
    expect(devices(second)).toEqual(["device 2", "device 1"]);
    expect(second?.pageInfo.hasNextPage).toBe(true);
    const read = first?.nodes.map(({ id }) => id) ?? [];
    expect(await markRead(read)).toEqual({ __typename: "NotificationsRead", unreadCount: 3 });
    const unread = await notificationsOf(userId, caller(), { unreadOnly: true });
    expect(devices(unread)).toEqual(["device 2", "device 1", "device 0"]);
    expect(unread?.unreadCount).toBe(3);
    expect(await markRead(null)).toEqual({ __typename: "NotificationsRead", unreadCount: 0 });
  });

  it("cannot be marked by others: a foreign, unknown or malformed id marks none", async () => {
    await tell(signIn());
    const [own] = (await notificationsOf())?.nodes ?? [];
    const stranger = randomUUID();
    await tell(signIn({ userId: stranger }));
    const [foreign] = (await notificationsOf(stranger, caller(stranger)))?.nodes ?? [];
    for (const id of [foreign?.id ?? "", randomUUID(), "not an id"]) {
      expect(await markRead([own?.id ?? "", id])).toEqual({ __typename: "NotFoundProblem", code: "NOT_FOUND", id });
    }
    expect((await notificationsOf())?.unreadCount).toBe(1);
    expect((await notificationsOf(stranger, caller(stranger)))?.unreadCount).toBe(1);
    const nobody = await messaging.execute(READ, { ids: null }, requestCaller(null));
    expect(nobody.errors?.[0]?.extensions).toMatchObject({ code: "UNAUTHENTICATED" });
  });

  it("are seeded once, and go with the person or with time", async () => {
    const welcome = await seedWelcome(tree.customer);
    await seedMessaging(messaging.subgraph, { notifications: [welcome] });
    expect(await titles()).toEqual(["Welcome"]);
    const system = (work: Parameters<typeof messaging.subgraph.database.system<void>>[1]) =>
      messaging.subgraph.database.system("tests", work);
    await system((tx) => removeNotifications(tx, welcome.at));
    expect(await titles()).toEqual(["Welcome"]);
    await system((tx) => removeNotifications(tx, new Date(welcome.at.getTime() + 1)));
    expect(await titles()).toEqual([]);
    await tell(signIn());
    const gone = { userId, organisationId: tree.customer, email: "x@example.com", displayName: "-", locale: "en-ZA" };
    await tell(eventOf("user.changed", { ...gone, status: "ERASED" }));
    expect(await titles()).toEqual([]);
  });

  it("are read with as many statements for fifty people as for one", async () => {
    await tell(signIn());
    const ask = async (ids: string[]) => {
      const r = ids.map((id) => ({ __typename: "User", id }));
      const statements = await countStatements(() => messaging.execute(OWN, { r }, caller()));
      return statements.filter((statement) => statement.includes('"notification"'));
    };
    const one = await ask([userId]);
    const many = await ask([userId, ...Array.from({ length: 49 }, () => randomUUID())]);
    expect(one).toHaveLength(2);
    expect(many).toHaveLength(one.length);
  });
});

const seedWelcome = async (organisationId: string) => {
  const text = { title: "Welcome", body: "Have a look around.", link: "/", kind: "SYSTEM", severity: "INFO" } as const;
  const welcome = { ...text, sourceEventId: randomUUID(), userId, organisationId, at: new Date() };
  await seedMessaging(messaging.subgraph, { notifications: [welcome] });
  return welcome;
};

describe("the turn of an organisation", () => {
  const member = async (organisationId: string, permissions: string[], status: "ACTIVE" | "DEACTIVATED" = "ACTIVE") => {
    const id = randomUUID();
    await tell(eventOf("member.changed", { userId: id, organisationId, permissions, isOwner: false }));
    const person = { userId: id, organisationId, email: "x@example.com", displayName: "X", locale: "en-ZA", status };
    await tell(eventOf("user.changed", person));
    return { id, as: caller(id, organisationId) };
  };

  it("is told to its members, and above it to those who may suspend", async () => {
    const inside = await member(tree.customer, ["vm:read"]);
    const deactivated = await member(tree.customer, ["vm:read"], "DEACTIVATED");
    const left = await member(tree.customer, []);
    const beside = await member(tree.sibling, ["organisation:suspend"]);
    const above = await member(tree.reseller, ["organisation:suspend"]);
    const aboveWithout = await member(tree.reseller, ["vm:read"]);
    const farAbove = await member(tree.operator, ["organisation:suspend"]);
    const turn = { organisationId: tree.customer, name: "Karoo Wind Farms" };
    await tell(eventOf("organisation.suspended", { ...turn, reason: "unpaid" }));
    for (const told of [inside, above]) {
      const shown = await notificationsOf(told.id, told.as);
      expect(shown?.nodes[0]).toMatchObject({
        title: "Karoo Wind Farms is suspended",
        organisation: { id: tree.customer },
      });
      expect(shown?.nodes[0]?.body).toContain("Reason: unpaid");
    }
    for (const untold of [deactivated, left, beside, aboveWithout, farAbove]) {
      expect(await titles(untold.id, untold.as)).toEqual([]);
    }
    await tell(eventOf("organisation.reactivated", { ...turn, reason: null }));
    expect(await titles(inside.id, inside.as)).toEqual([
      "Karoo Wind Farms is active again",
      "Karoo Wind Farms is suspended",
    ]);
  });

  it("follows the newest state of a member, in whatever order events come", async () => {
    const id = randomUUID();
    const organisationId = tree.otherCustomer;
    const joined = eventOf("member.changed", { userId: id, organisationId, permissions: ["vm:read"], isOwner: false });
    const ended = eventOf("member.changed", { userId: id, organisationId, permissions: [], isOwner: false });
    await tell(ended);
    await tell(joined);
    await tell(eventOf("organisation.suspended", { organisationId, name: "X", reason: null }));
    expect(await titles(id, caller(id, organisationId))).toEqual([]);
  });
});

describe("the live stream of notifications", () => {
  const LIVE = `subscription ($after: String) { notificationReceived(after: $after) { cursor unreadCount notification { title body } } }`;
  interface Received {
    cursor: string;
    unreadCount: number;
    notification: { title: string; body: string };
  }
  const listen = (after: string | null = null, as = caller()) => messaging.subscribe(LIVE, { after }, as);
  const next = async (live: ReturnType<typeof listen>): Promise<Received> => {
    const { value } = await live.next();
    expect(value.errors).toBeUndefined();
    return value.data?.["notificationReceived"] as Received;
  };

  it("brings a new one with the count it makes, and what was missed after a cursor, each once", async () => {
    const live = listen();
    const awaited = next(live);
    await tell(signIn({ device: "first" }));
    const first = await awaited;
    expect(first).toMatchObject({ unreadCount: 1, notification: { title: "New sign-in" } });
    await live.return?.();
    await tell(signIn({ userId: randomUUID(), device: "of somebody else" }));
    await tell(signIn({ device: "second" }));
    await tell(signIn({ device: "third" }));
    const resumed = listen(first.cursor);
    const bodies = [(await next(resumed)).notification.body, (await next(resumed)).notification.body];
    await resumed.return?.();
    expect(bodies.map((body) => /From (\w+)/.exec(body)?.[1])).toEqual(["second", "third"]);
  });

  it("refuses those who are not signed in", async () => {
    const { value } = await listen(null, requestCaller(null)).next();
    expect(value.errors?.[0]?.extensions).toMatchObject({ code: "UNAUTHENTICATED" });
  });
});
