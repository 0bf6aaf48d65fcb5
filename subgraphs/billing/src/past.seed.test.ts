import { randomUUID } from "node:crypto";
import type { VmChange } from "@tollgate/kit/protocol";
import { TestSubgraph, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { billingSubgraph, demoPriceList, seedBilling, seedPast } from "./index.js";
import { verifyLedger } from "./ledger/verify.js";
import { system, vmChanged } from "./testing/arrange.js";

const NOW = new Date("2026-05-04T09:20:00Z");
const FROM = new Date("2026-04-24T09:20:00Z");
const tree = testTree();
let billing: TestSubgraph;

beforeAll(async () => {
  billing = await TestSubgraph.start(inject("postgresUrl"), billingSubgraph({ clock: () => NOW }), tree.source);
  const list = demoPriceList(randomUUID(), tree.operator, new Date("2026-01-01T00:00:00Z"));
  await seedBilling(billing.subgraph, { priceLists: [list], credits: [] });
});
afterAll(() => billing.stop());

const machine = (organisationId: string, at: Date): VmChange => vmChanged({ organisationId, at }).payload as VmChange; // what telemetry tells of a machine

const wallets = () =>
  system(
    billing.subgraph,
    (tx) => tx.sql<{ id: string; state: string; available: bigint; uses: bigint; payments: bigint }[]>`
      select organisation_id as id, state, available,
          (select count(*) from entry e where e.organisation_id = w.organisation_id and kind = 'USAGE') as uses,
          (select count(*) from entry e where e.organisation_id = w.organisation_id and kind = 'TOP_UP') as payments
        from wallet w where organisation_id in (${tree.customer}, ${tree.sibling}) order by posted desc`,
  );

test("machines have run and were paid for: what is left is as wanted, nobody was ever short, and only once", async () => {
  const left = new Map([
    [tree.customer, 100_000n],
    [tree.sibling, 500n],
  ]);
  const later = new Date("2026-04-29T09:20:00Z");
  const machines = [machine(tree.customer, FROM), machine(tree.sibling, later)];
  const past = { machines, left, from: FROM, now: NOW };
  await seedPast(billing.subgraph, past);
  const seeded = await wallets();
  // A day of *small* is R5, which its reserve takes.
  expect(seeded.map(({ id, state, uses }) => ({ id, state, uses }))).toEqual([
    { id: tree.customer, state: "ACTIVE", uses: 240n },
    { id: tree.sibling, state: "LOW", uses: 120n },
  ]);
  for (const { id, available, payments } of seeded) {
    expect(Math.abs(Number(available - (left.get(id) ?? 0n) - 500n))).toBeLessThan(25);
    expect(payments).toBeGreaterThan(1n);
  }
  const [{ warnings } = { warnings: null }] = await system(
    billing.subgraph,
    (tx) => tx.sql<{ warnings: bigint }[]>`
      select count(*) as warnings from outbox where type = 'wallet.warned' and organisation_id = ${tree.customer}`,
  );
  expect(warnings).toBe(0n);
  await seedPast(billing.subgraph, past);
  expect(await wallets()).toEqual(seeded);
  expect((await system(billing.subgraph, (tx) => verifyLedger(tx))).findings).toEqual([]);
});
