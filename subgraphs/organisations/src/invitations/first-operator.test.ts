import { Sealer } from "@tollgate/kit";
import type { DeliveredEvent, MailRequest } from "@tollgate/kit/protocol";
import { TEST_SECRET, TestSubgraph, until } from "@tollgate/kit/testing";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { organisationsSubgraph, seedOrganisations } from "../index.js";
import { type FirstOperator, inviteFirstOperator } from "./first-operator.js";

const WISH: FirstOperator = { name: "Cape Clouds", email: "Founder@example.com" };
const WEEK = 7 * 86_400_000;
const now = new Date();

let graph: TestSubgraph;
let mails: DeliveredEvent[];

beforeEach(async () => {
  mails = [];
  const sink = {
    name: "tests",
    accepts: (type: string) => type === "mail.requested",
    receive: async (event: DeliveredEvent) => void mails.push(event),
  };
  graph = await TestSubgraph.start(inject("postgresUrl"), organisationsSubgraph(), null, [sink]);
});

afterEach(() => graph.stop());

const system = <T>(work: Parameters<TestSubgraph["subgraph"]["database"]["system"]>[1]) =>
  graph.subgraph.database.system("test", work) as Promise<T>;
const invite = (at = now) =>
  system<boolean>((tx) => inviteFirstOperator(tx, WISH, new Sealer(TEST_SECRET, "events"), at));
const counts = () =>
  system<{ organisations: number; invitations: number }[]>(
    (tx) => tx.sql`
      select (select count(*)::int from organisation) as organisations,
        (select count(*)::int from invitation where state = 'PENDING') as invitations`,
  ).then(([row]) => row);

describe("an empty Tollgate", () => {
  it("begins its tree and invites the owner, once, however many processes start", async () => {
    const begun = await Promise.all([invite(), invite(), invite()]);
    expect(begun.filter(Boolean)).toHaveLength(1);
    expect(await counts()).toEqual({ organisations: 1, invitations: 1 });
    await until(() => mails.length === 1);
    const mail = mails[0]?.payload as MailRequest; // the sink takes no others
    expect(mail).toMatchObject({ kind: "INVITATION", to: WISH.email, facts: { organisationName: WISH.name } });
    expect(mail.facts).toMatchObject({ roleNames: "owner" });
    expect(mails[0]?.sealed).toBeInstanceOf(Uint8Array);
  });

  it("invites again when nobody accepted in time, and leaves an open invitation alone", async () => {
    expect(await invite()).toBe(true);
    expect(await invite(new Date(now.getTime() + WEEK - 1))).toBe(false);
    expect(await invite(new Date(now.getTime() + WEEK))).toBe(true);
    expect(await counts()).toEqual({ organisations: 1, invitations: 1 });
  });

  it("is not empty any more once the root has a member", async () => {
    const [operator, userId] = ["0199aaaa-0000-7000-8000-000000000001", "0199aaaa-0000-7000-8000-000000000002"];
    await seedOrganisations(graph.subgraph, {
      organisations: [{ id: operator, parentId: null, name: "Operator", kind: "INTERNAL" }],
      members: [{ userId, organisationId: operator, roles: ["owner"] }],
    });
    expect(await invite()).toBe(false);
    expect(await counts()).toEqual({ organisations: 1, invitations: 0 });
  });
});
