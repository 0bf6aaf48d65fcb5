import { readSettingOfEach, type Tx } from "@tollgate/kit";
import { and, eq, inArray } from "drizzle-orm";
import { type WalletRow, wallet } from "../ledger/ledger.schema.js";
import { type MachineRow, machine } from "../machines/machine.schema.js";
import { grossPerHour } from "../prices/cost.js";
import { add, type Fraction, fraction } from "../prices/fraction.js";
import { pricesInForce } from "../prices/prices.js";
import type { Prices } from "../prices/rates.js";
import { burnRates } from "../wallet/runway.js";
import { runsOutAt } from "./standing.js";
import { type StopGroup, stopGroups, stopTimes } from "./stopping.js";

const NOTHING = fraction(0n, 1n);

const groupsOf = (machines: readonly MachineRow[], prices: Prices): StopGroup[] => {
  const byId = new Map(machines.map((row) => [row.vmId, row]));
  const sumOf = (vmIds: readonly string[], isOn: boolean): Fraction =>
    vmIds.reduce<Fraction>((sum, id) => {
      const row = byId.get(id);
      return add(sum, (row && grossPerHour(prices, row, isOn)) ?? NOTHING);
    }, NOTHING);
  return stopGroups(machines).map((vmIds) => ({ vmIds, on: sumOf(vmIds, true), off: sumOf(vmIds, false) }));
};

/** What grace has to pay with, in minor units by wallet. */
const gracesOf = async (tx: Tx, walletIds: readonly string[]): Promise<Map<string, bigint>> => {
  const rows = await tx.sql<{ id: string; left: bigint }[]>`
    select wallet_id as id, sum(amount - captured)::bigint as left from hold
     where wallet_id = any(${[...walletIds]}::uuid[]) and state = 'OPEN' and kind = 'MACHINE_RESERVE' group by wallet_id`;
  return new Map(rows.map(({ id, left }) => [id, left]));
};

const walletsOfMachines = async (tx: Tx, vmIds: readonly string[]): Promise<WalletRow[]> => {
  const rows = await tx.db
    .selectDistinctOn([wallet.id], { wallet })
    .from(machine)
    .innerJoin(wallet, eq(wallet.organisationId, machine.organisationId))
    .where(and(inArray(machine.vmId, [...vmIds]), eq(machine.isCharged, true), eq(machine.state, "RUNNING")))
    .orderBy(wallet.id);
  return rows.map((row) => row.wallet);
};

/**
 * When the wallet stops a running machine: what is available lasts at the present burn rate, then the reserves pay, and
 * machines stop by their ranks. By machine; left out where it never does, and what is out of sight. A constant number of
 * statements.
 */
export const machinesRunOut = async (tx: Tx, vmIds: readonly string[], at: Date): Promise<Map<string, Date>> => {
  const wallets = await walletsOfMachines(tx, vmIds);
  if (wallets.length === 0) return new Map();
  const owners = [...new Set(wallets.map(({ organisationId }) => organisationId))];
  const running = await tx.db
    .select()
    .from(machine)
    .where(and(inArray(machine.organisationId, owners), eq(machine.isCharged, true), eq(machine.state, "RUNNING")));
  const byOwner = Map.groupBy(running, (row) => row.organisationId);
  const rates = await burnRates(tx, wallets, at);
  const prices = await pricesInForce(tx, owners, at);
  const hours = await readSettingOfEach(tx, "billing.graceHours", owners);
  const graces = await gracesOf(
    tx,
    wallets.map(({ id }) => id),
  );
  const wanted = new Set(vmIds);
  const found = new Map<string, Date>();
  for (const { id, organisationId, currency, available, state, graceEndsAt } of wallets) {
    const own = prices.get(organisationId);
    // Of several wallets the one in the currency of the prices pays.
    if (own?.list.currency !== currency) continue;
    const dry = state === "OUT_OF_FUNDS" ? at : runsOutAt(available, rates.get(id) ?? NOTHING, at);
    if (!dry) continue;
    const groups = groupsOf(byOwner.get(organisationId) ?? [], own);
    const times = stopTimes(dry, hours.get(organisationId) ?? 0, graces.get(id) ?? 0n, groups);
    groups.forEach((group, nth) => {
      const time = nth === 0 && graceEndsAt ? graceEndsAt : times[nth];
      if (time) for (const vmId of group.vmIds) if (wanted.has(vmId)) found.set(vmId, time);
    });
  }
  return found;
};
