import { randomUUID } from "node:crypto";
import { TestSubgraph, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { billingSubgraph, powerFundsOf } from "../index.js";
import { placeHold } from "../ledger/holds.js";
import { walletFor } from "../ledger/ledger.js";
import { demoPriceList } from "../prices/demo.js";
import { publishPriceList } from "../prices/prices.js";
import { credit, system, vmChanged } from "../testing/arrange.js";
import { TestClock } from "../testing/orders.js";

const tree = testTree();
const clock = new TestClock();
let billing: TestSubgraph;
let organisationId: string;
const customers = [tree.customer, tree.sibling, tree.otherCustomer, tree.reseller, tree.otherReseller];

beforeAll(async () => {
  billing = await TestSubgraph.start(inject("postgresUrl"), billingSubgraph({ clock: clock.now }), tree.source);
  const list = demoPriceList(randomUUID(), tree.operator, new Date("2026-01-01T00:00:00Z"));
  await system(billing.subgraph, (tx) => publishPriceList(tx, list, clock.now()));
});
afterAll(() => billing.stop());

/** A customer of its own in each test. */
beforeEach(() => {
  organisationId = customers.shift() ?? "";
});

const tell = async (state: "RUNNING" | "STOPPED" | "DELETED", rest: { vmId?: string; isCharged?: boolean } = {}) => {
  const event = vmChanged({ organisationId, state, ...rest });
  await billing.subgraph.inbox.receive(event);
  return event.vmId;
};
const off = (count: number) => Promise.all(Array.from({ length: count }, () => tell("STOPPED")));
const pay = (cents: bigint) => credit(billing.subgraph, organisationId, cents);
const refused = (vmIds: readonly string[]) => powerFundsOf(billing.subgraph, clock.now).refused(vmIds);

/** 24 hours of *small* in cents, and of its disk, which is paid whether it is on or off. */
const DAY = 500n;
const DISK = 133n;

describe("a machine that is switched on", () => {
  it("needs 24 hours of itself and of all that is there already, not just any money", async () => {
    const [first = "", second = ""] = await off(2);
    await pay(DAY + DISK);
    expect(await refused([first])).toEqual([first]);
    // The disk of the second is there too: 133.33 cents a day, rounded up with the rest.
    await pay(1n);
    expect(await refused([first])).toEqual([]);
    await tell("RUNNING", { vmId: first });
    expect(await refused([second])).toEqual([second]);
  });

  it("is not paid for by reserves", async () => {
    const [vmId = ""] = await off(1);
    await pay(DAY + 1n);
    const walletId = await system(billing.subgraph, (tx) => walletFor(tx, organisationId, "ZAR"));
    const reserve = { organisationId, walletId, kind: "MACHINE_RESERVE", amount: 2n, orderId: null, vmId } as const;
    await system(billing.subgraph, (tx) => placeHold(tx, { ...reserve, description: "Reserve", at: clock.now() }));
    expect(await refused([vmId])).toEqual([vmId]);
    await pay(1n);
    expect(await refused([vmId])).toEqual([]);
  });

  it("is one of exactly as many as there is money for, asked together, one by one or at once", async () => {
    const ids = await off(6);
    // Three that run and three that do not.
    await pay(3n * DAY + 3n * DISK + 1n);
    const [first = "", ...others] = ids;
    expect(await refused([first])).toEqual([]);
    const answers = await Promise.all(others.map((id) => refused([id])));
    expect(answers.flat()).toHaveLength(3);
    expect(await refused(ids)).toEqual(answers.flat());
  });

  it("keeps its promise for five minutes, or until there is news of it", async () => {
    const [first = "", second = ""] = await off(2);
    await pay(DAY + DISK + 1n);
    expect(await refused([first])).toEqual([]);
    expect(await refused([second])).toEqual([second]);
    clock.forward(5);
    expect(await refused([second])).toEqual([]);
    await tell("STOPPED", { vmId: second });
    expect(await refused([first])).toEqual([]);
  });

  it("must be known; one that nobody pays for is free", async () => {
    const free = await tell("STOPPED", { isCharged: false });
    const unknown = randomUUID();
    expect(await refused([free, unknown])).toEqual([unknown]);
  });
});
