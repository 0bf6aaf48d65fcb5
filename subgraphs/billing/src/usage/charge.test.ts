import { randomUUID } from "node:crypto";
import type { VmChange, WalletWarning } from "@tollgate/kit/protocol";
import { TestSubgraph, type TestTree, testTree } from "@tollgate/kit/testing";
import fc from "fast-check";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { billingSubgraph } from "../index.js";
import { placeHold } from "../ledger/holds.js";
import { walletFor } from "../ledger/ledger.js";
import type { WalletRow } from "../ledger/ledger.schema.js";
import { verifyLedger } from "../ledger/verify.js";
import { followVm } from "../machines/machines.js";
import { demoPriceList } from "../prices/demo.js";
import { publishPriceList } from "../prices/prices.js";
import { credit, system, vmChanged } from "../testing/arrange.js";
import { walletById } from "../wallet/wallets.js";
import { chargeUntil } from "./charge.js";
import { recover } from "./recover.js";
import { followRun, HOUR } from "./runs.js";

const START = new Date("2026-03-01T00:00:00Z");
const after = (hours: number): Date => new Date(START.getTime() + hours * HOUR);
const MINUTE = HOUR / 60;

/** A subgraph with the demo prices and one customer, for tests that move time. */
const begin = async (tree: TestTree): Promise<TestSubgraph> => {
  const started = await TestSubgraph.start(inject("postgresUrl"), billingSubgraph({ clock: () => START }), tree.source);
  await system(started.subgraph, (tx) =>
    publishPriceList(tx, demoPriceList(randomUUID(), tree.operator, new Date("2026-01-01T00:00:00Z")), START),
  );
  return started;
};

let tree: TestTree;
let test_: TestSubgraph;

beforeAll(async () => {
  tree = testTree();
  test_ = await begin(tree);
});

afterAll(() => test_.stop());

const tell = (started: TestSubgraph, change: Partial<VmChange> & { organisationId: string }, at: Date) =>
  system(started.subgraph, async (tx) => {
    const event = vmChanged(change);
    await followVm(tx, event);
    await followRun(tx, event, at);
    return event.vmId;
  });

const walletOf = (started: TestSubgraph, organisationId: string): Promise<WalletRow> =>
  system(started.subgraph, async (tx) => walletById(tx, await walletFor(tx, organisationId, "ZAR")));

const recordsOf = (started: TestSubgraph, vmId: string) =>
  system(
    started.subgraph,
    (tx) => tx.sql<{ hour: string; resource: string; minutes: number; amount: bigint; quantity: string }[]>`
      select hour, resource, minutes, amount, quantity from usage_record where vm_id = ${vmId} order by hour, resource`,
  );

const warningsOf = (started: TestSubgraph, organisationId: string) =>
  system(started.subgraph, async (tx) => {
    const rows = await tx.sql<{ payload: WalletWarning }[]>`
      select payload from outbox where type = 'wallet.warned' and organisation_id = ${organisationId} order by aggregate_version`;
    return rows.map(({ payload }) => payload.hours);
  });

const eventsOf = (started: TestSubgraph, type: string, organisationId: string) =>
  system(
    started.subgraph,
    (tx) => tx.sql<{ id: string }[]>`
      select id from outbox where type = ${type} and organisation_id = ${organisationId}`,
  );

const charge = async (started: TestSubgraph, at: Date) => {
  expect(await chargeUntil(started.subgraph.database, at)).toEqual(new Map());
};

const intact = async (started: TestSubgraph) => {
  expect((await system(started.subgraph, verifyLedger)).findings).toEqual([]);
  const strays = await system(
    started.subgraph,
    (tx) => tx.sql<{ id: string }[]>`
      select w.id from wallet w left join hold h on h.wallet_id = w.id and h.state = 'OPEN'
       group by w.id having w.held <> coalesce(sum(h.amount - h.captured), 0)`,
  );
  expect(strays).toEqual([]);
};

test("720 hours of small are 15,000 cents, in however many steps they are charged, and again changes nothing", async () => {
  const own = testTree();
  const started = await begin(own);
  try {
    const organisationId = own.customer;
    await credit(started.subgraph, organisationId, 100_000n);
    const vmId = await tell(started, { organisationId }, START);
    const steps = fc.sample(fc.integer({ min: 1, max: 200 }), { numRuns: 12, seed: 7 });
    let hours = 0;
    for (const step of steps) {
      hours = Math.min(720, hours + step);
      await charge(started, after(hours));
      await charge(started, after(hours));
    }
    await charge(started, after(720));
    const records = await recordsOf(started, vmId);
    expect(records.reduce((sum, { amount }) => sum + amount, 0n)).toBe(15_000n);
    expect(records).toHaveLength(720 * 3);
    expect((await walletOf(started, organisationId)).available).toBe(85_000n);
    await intact(started);
  } finally {
    await started.stop();
  }
});

test("hours are charged to the minute; compute only while the machine is on, storage as long as it stands", async () => {
  const organisationId = tree.sibling;
  await credit(test_.subgraph, organisationId, 100_000n);
  const vmId = await tell(test_, { organisationId }, new Date(START.getTime() + 15 * MINUTE));
  await tell(test_, { organisationId, vmId, state: "STOPPED" }, new Date(START.getTime() + 45 * MINUTE));
  await tell(test_, { organisationId, vmId, state: "DELETED" }, new Date(START.getTime() + 90 * MINUTE));
  await charge(test_, after(5));
  const records = await recordsOf(test_, vmId);
  expect(records.map(({ resource, minutes, quantity }) => [resource, minutes, quantity])).toEqual([
    ["MEMORY", 30, "1"],
    ["STORAGE_SSD", 45, "18.75"],
    ["VCPU", 30, "0.5"],
    ["STORAGE_SSD", 30, "12.5"],
  ]);
});

test("however its minutes are cut, a machine that ran through costs the same", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: 599 }), { maxLength: 6 }), async (cuts) => {
      const organisationId = tree.otherCustomer;
      const from = new Date(START.getTime() + 100 * HOUR);
      const vmId = await tell(test_, { organisationId, vcpus: 3 }, from);
      for (const [nth, cut] of [...cuts].sort((a, b) => a - b).entries()) {
        const disks = [{ name: `${nth}`, sizeBytes: 25n * 2n ** 30n, storage: "SSD" as const }];
        await tell(test_, { organisationId, vmId, vcpus: 3, disks }, new Date(from.getTime() + cut * MINUTE));
      }
      await tell(test_, { organisationId, vmId, vcpus: 3, state: "DELETED" }, new Date(from.getTime() + 10 * HOUR));
      await system(
        test_.subgraph,
        (tx) => tx.sql`update metering set until_at = ${from.toISOString()}
        where organisation_id = ${organisationId}`,
      );
      await system(
        test_.subgraph,
        (tx) => tx.sql`delete from run where organisation_id = ${organisationId}
        and vm_id <> ${vmId}`,
      );
      await credit(test_.subgraph, organisationId, 100_000n);
      await charge(test_, after(120));
      const records = await recordsOf(test_, vmId);
      // 10 hours of 3 × 6000 + 2 × 2500 + 25 × 160 cents a month: 250 + 69.44 + 55.56
      expect(records.reduce((sum, { amount }) => sum + amount, 0n)).toBe(375n);
    }),
    { numRuns: 8 },
  );
});

/** A customer with `minorUnits`, one running small machine, and its reserve. */
const arrange = async (own: TestTree, minorUnits: bigint) => {
  const started = await begin(own);
  const organisationId = own.customer;
  await credit(started.subgraph, organisationId, minorUnits);
  const vmId = await tell(started, { organisationId }, START);
  const walletId = await system(started.subgraph, async (tx) => {
    const found = await walletFor(tx, organisationId, "ZAR");
    await placeHold(tx, {
      organisationId,
      walletId: found,
      kind: "MACHINE_RESERVE",
      amount: 500n,
      orderId: null,
      vmId,
      description: "Reserve",
      at: START,
    });
    return found;
  });
  return { started, organisationId, vmId, walletId };
};

test("money that runs out: a warning per crossing, grace from the reserve, the stop, and the resume after a top-up", async () => {
  const { started, organisationId, vmId, walletId } = await arrange(testTree(), 500n + 2_100n);
  try {
    // 20.83 cents an hour: 2,100 cents last 100 hours.
    await charge(started, after(20));
    expect((await walletOf(started, organisationId)).state).toBe("ACTIVE");
    for (let hour = 21; hour <= 100; hour += 1) await charge(started, after(hour));
    expect(await warningsOf(started, organisationId)).toEqual([72, 24, 6]);
    const last = await walletOf(started, organisationId);
    expect(last.state).toBe("LOW");
    expect(last.held).toBe(500n);
    await charge(started, after(101));
    const grace = await walletOf(started, organisationId);
    expect([grace.state, grace.held, grace.graceEndsAt]).toEqual(["OUT_OF_FUNDS", 500n - 21n, after(124)]);
    expect(await eventsOf(started, "machines.stopRequested", organisationId)).toHaveLength(0);
    await charge(started, after(124));
    const stopped = await walletOf(started, organisationId);
    expect([stopped.state, stopped.held, stopped.receivable]).toEqual(["STOPPED", 0n, 0n]);
    expect(await eventsOf(started, "machines.stopRequested", organisationId)).toHaveLength(1);
    // Telemetry is late: from the stop on compute is not charged.
    await charge(started, after(130));
    const late = (await recordsOf(started, vmId)).filter(({ hour }) => new Date(hour) >= after(124));
    expect(new Set(late.map(({ resource }) => resource))).toEqual(new Set(["STORAGE_SSD"]));
    const owing = await walletOf(started, organisationId);
    expect(owing.receivable).toBeLessThan(0n);
    await tell(started, { organisationId, vmId, state: "SUSPENDED" }, after(130));
    // Too little resumes nothing; the debt is collected first all the same.
    await credit(started.subgraph, organisationId, 400n);
    await system(started.subgraph, (tx) => recover(tx, walletId, after(131)));
    const still = await walletOf(started, organisationId);
    expect([still.state, still.receivable]).toEqual(["STOPPED", 0n]);
    expect(await eventsOf(started, "machines.resumeRequested", organisationId)).toHaveLength(0);
    await credit(started.subgraph, organisationId, 10_000n);
    await system(started.subgraph, (tx) => recover(tx, walletId, after(131)));
    await system(started.subgraph, (tx) => recover(tx, walletId, after(131)));
    const again = await walletOf(started, organisationId);
    expect([again.state, again.held]).toEqual(["ACTIVE", 500n]);
    expect(await eventsOf(started, "machines.resumeRequested", organisationId)).toHaveLength(1);
    expect(await warningsOf(started, organisationId)).toEqual([72, 24, 6, 0, -1, -2]);
    await intact(started);
  } finally {
    await started.stop();
  }
});

test("after a month's downtime the end is the same as by the hour: nothing runs unpaid", async () => {
  const { started, organisationId } = await arrange(testTree(), 500n + 2_100n);
  try {
    await charge(started, after(720));
    expect(await warningsOf(started, organisationId)).toEqual([72, 24, 6, 0, -1, -2]);
    const row = await walletOf(started, organisationId);
    // What is owed is the storage of the hours after the stop.
    const [debt] = await system(
      started.subgraph,
      (tx) => tx.sql<{ amount: bigint }[]>`
        select sum(amount)::bigint as amount from usage_record
         where organisation_id = ${organisationId} and hour >= ${after(124).toISOString()}`,
    );
    expect(row.state).toBe("STOPPED");
    expect(row.available - row.receivable).toBeGreaterThan(0n);
    expect(-row.receivable).toBeLessThanOrEqual(debt?.amount ?? 0n);
    await intact(started);
  } finally {
    await started.stop();
  }
});

test("several processes that charge at once charge once", async () => {
  const { started, organisationId, vmId } = await arrange(testTree(), 100_000n);
  try {
    await Promise.all(Array.from({ length: 4 }, () => chargeUntil(started.subgraph.database, after(48))));
    const records = await recordsOf(started, vmId);
    expect(records).toHaveLength(48 * 3);
    expect((await walletOf(started, organisationId)).available).toBe(99_500n - 1_000n);
    await intact(started);
  } finally {
    await started.stop();
  }
});

test("a machine is charged from when telemetry's clock says, however late it is told", async () => {
  const own = testTree();
  const started = await begin(own);
  try {
    const told = { organisationId: own.customer, at: new Date(Date.now() - 90 * MINUTE) };
    const event = vmChanged(told);
    await started.subgraph.inbox.receive({ ...event, occurredAt: new Date(Date.now() - 10 * MINUTE) });
    const [row] = await system(
      started.subgraph,
      (tx) => tx.sql<{ from_at: string }[]>`select from_at from run where vm_id = ${event.vmId}`,
    );
    // The books stand at START; the two clocks are read moments apart.
    const before = START.getTime() - new Date(row?.from_at ?? 0).getTime();
    expect(Math.round(before / MINUTE)).toBe(90);
  } finally {
    await started.stop();
  }
});
