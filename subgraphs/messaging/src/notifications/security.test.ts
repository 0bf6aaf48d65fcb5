import { randomUUID } from "node:crypto";
import type { Suspicion } from "@tollgate/kit/protocol";
import { requestCaller, TestSubgraph, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { messagingSubgraph } from "../index.js";
import { eventOf } from "../testing/arrange.js";

const tree = testTree();
const [reader, colleague, suspect] = [randomUUID(), randomUUID(), randomUUID()];
let messaging: TestSubgraph;

const member = (userId: string, permissions: string[]) =>
  eventOf("member.changed", { userId, organisationId: tree.customer, permissions, isOwner: false });

const notices = async (userId: string) => {
  const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on User {
    notifications(first: 10) { nodes { kind severity title body link } } } } }`;
  const caller = requestCaller({ sub: userId, org: tree.customer });
  const { data } = await messaging.execute(query, { r: [{ __typename: "User", id: userId }] }, caller);
  const [user] = (data?.["_entities"] ?? []) as { notifications: { nodes: Record<string, string>[] } }[];
  return user?.notifications.nodes ?? [];
};

beforeAll(async () => {
  const definition = messagingSubgraph({ smtpUrl: null, mailFrom: "no-reply@example.com", mailbox: true });
  messaging = await TestSubgraph.start(inject("postgresUrl"), definition, tree.source);
  await messaging.subgraph.inbox.receive(member(reader, ["audit:read"]));
  await messaging.subgraph.inbox.receive(member(colleague, ["vm:read"]));
});
afterAll(() => messaging.stop());

it.each<[Suspicion["pattern"], Suspicion["subject"], string, string]>([
  [
    "failedSignIns",
    { kind: "ADDRESS", id: "192.0.2.66" },
    "WARNING",
    "12 sign-ins failed within a quarter of an hour, from the address 192.0.2.66.",
  ],
  [
    "foreignIds",
    { kind: "API_KEY", id: suspect },
    "WARNING",
    "12 times within a quarter of an hour an API key asked for what is not theirs.",
  ],
  ["massExport", { kind: "USER", id: suspect }, "WARNING", "Somebody exported 12 times within an hour."],
  [
    "oddHours",
    { kind: "USER", id: suspect },
    "WARNING",
    "Somebody was active at an hour at which they never were in the last 30 days.",
  ],
  [
    "trailBroken",
    { kind: "TRAIL", id: tree.customer },
    "CRITICAL",
    "Its chain of hashes does not hold: entries were changed, removed or added past Tollgate.",
  ],
])("tells those who may read the trail of %s, and nobody else", async (pattern, subject, severity, body) => {
  const suspicion = { organisationId: tree.customer, pattern, subject, count: 12, at: new Date() };
  await messaging.subgraph.inbox.receive(eventOf("security.suspected", suspicion));
  const [newest] = await notices(reader);
  expect(newest).toMatchObject({ kind: "SECURITY", severity, body });
  expect(newest?.["link"]).toBe(`/audit?organisation=${tree.customer}&security=true`);
  expect(await notices(colleague)).toEqual([]);
});
