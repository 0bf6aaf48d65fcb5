import { newEventId, readSettingOfEach, type Tx } from "@tollgate/kit";
import type { VmChange } from "@tollgate/kit/protocol";
import { sql } from "drizzle-orm";
import { type Capture, captureHolds, type NewHold, placeHolds } from "../ledger/holds.js";
import { machine } from "../machines/machine.schema.js";
import { machineOf, sizeOf } from "../prices/config.js";
import { fraction, lesser, multiply, rounded } from "../prices/fraction.js";
import { pricesInForce } from "../prices/prices.js";
import { taxWithin } from "../tax/tax.js";
import { pauseChargingOf } from "../usage/runs.js";
import type { VmOrderRow } from "./order.schema.js";

export const GONE: readonly VmChange["state"][] = ["DELETED", "FAILED"];

/** An order and its machine, which runs. */
export interface Completion {
  row: VmOrderRow;
  vmId: string;
}

const costOf = ({ rate }: VmOrderRow, hours: number): bigint => rounded(multiply(rate, fraction(BigInt(hours), 1n)));

/** The news that it runs may have come before those of the machine itself; a later state stays. */
const RUNS = sql`case when ${machine.state} = 'PROVISIONING' then 'RUNNING' else ${machine.state} end`;

/**
 * The machines in billing's own inventory, with what was ordered beside each. Locked until the transaction ends, so that
 * news of them from telemetry come before or after, never in between. @returns their states, by id.
 */
const enterMachines = async (
  tx: Tx,
  completions: readonly Completion[],
): Promise<ReadonlyMap<string, VmChange["state"]>> => {
  const inOrder = completions.toSorted((a, b) => (a.vmId < b.vmId ? -1 : 1));
  const values = inOrder.map(({ row: { organisationId, vm }, vmId }) => {
    const { name, vcpus, memoryBytes, disks } = machineOf(vm);
    const facts = { organisationId, name, vcpus, memoryBytes, disks, state: "RUNNING" as const };
    return { ...facts, vmId, extras: sizeOf(vm).extras ?? null, isCharged: true, version: 0n };
  });
  const known = await tx.db
    .insert(machine)
    .values(values)
    .onConflictDoUpdate({ target: machine.vmId, set: { extras: sql`excluded.extras`, state: RUNS } })
    .returning({ vmId: machine.vmId, state: machine.state });
  return new Map(known.map(({ vmId, state }) => [vmId, state]));
};

/** What is available, minor units, by wallet; locked until the transaction ends. */
const freeOf = async (tx: Tx, walletIds: readonly string[]): Promise<Map<string, bigint>> => {
  const rows = await tx.sql<{ id: string; available: bigint }[]>`
    select id, available from lock_wallets(${[...walletIds]}::uuid[])`;
  return new Map(rows.map(({ id, available }) => [id, available]));
};

/** Takes the first hour of each, and gives back the rest of what was held. */
const payFirstHours = async (tx: Tx, rows: readonly VmOrderRow[], at: Date): Promise<void> => {
  const prices = await pricesInForce(tx, [...new Set(rows.map(({ organisationId }) => organisationId))], at);
  const captures = rows.map((row): Capture => {
    const { holdId, organisationId, number, vm } = row;
    const firstHour = costOf(row, 1);
    const tax = taxWithin(firstHour, prices.get(organisationId)?.tax ?? null);
    const description = `First hour of ${vm.name}, order ${number}`;
    const releaseAs = `Given back of order ${number}, ${vm.name}`;
    return { holdId, amount: firstHour, tax, kind: "CAPTURE", description, releaseAs, at };
  });
  await captureHolds(tx, captures);
};

/**
 * Sets reserves aside as far as the money reaches: grace may be set longer than the runway.
 * @returns the holds, by order.
 */
const reserve = async (tx: Tx, completions: readonly Completion[], at: Date): Promise<ReadonlyMap<string, string>> => {
  if (completions.length === 0) return new Map();
  const owners = completions.map(({ row }) => row.organisationId);
  const graces = await readSettingOfEach(tx, "billing.graceHours", owners);
  const free = await freeOf(
    tx,
    completions.map(({ row }) => row.walletId),
  );
  const reserves = completions.map(({ row, vmId }): NewHold & { id: string; orderId: string } => {
    const { id: orderId, organisationId, walletId, vm } = row;
    const [left, graceHours] = [free.get(walletId), graces.get(organisationId)];
    if (left === undefined || graceHours === undefined) throw new Error("an order has no wallet");
    const amount = lesser(costOf(row, graceHours), left);
    free.set(walletId, left - amount);
    const about = { organisationId, walletId, kind: "MACHINE_RESERVE" as const, orderId, vmId };
    return { ...about, id: newEventId(), amount, description: `Reserve of ${vm.name}`, at };
  });
  await placeHolds(tx, reserves);
  return new Map(reserves.map(({ id, orderId }) => [orderId, id]));
};

/**
 * The machines run: the first hour of each is paid, its reserve set aside, and the rest is free again. A machine that is
 * gone by now gets no reserve. As many statements for one as for many. @returns the reserves, by order.
 */
export const completeAll = async (
  tx: Tx,
  completions: readonly Completion[],
  at: Date,
): Promise<ReadonlyMap<string, string>> => {
  if (completions.length === 0) return new Map();
  const rows = completions.map(({ row }) => row);
  await pauseChargingOf(
    tx,
    rows.map(({ organisationId }) => organisationId),
  );
  const states = await enterMachines(tx, completions);
  await payFirstHours(tx, rows, at);
  const alive = completions.filter(({ vmId }) => !GONE.includes(states.get(vmId) ?? "RUNNING"));
  return await reserve(tx, alive, at);
};
