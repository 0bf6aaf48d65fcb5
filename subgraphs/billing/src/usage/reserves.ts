import { readSettingOfEach, type Tx } from "@tollgate/kit";
import { and, eq, inArray, isNull } from "drizzle-orm";
import { hold } from "../ledger/hold.schema.js";
import { type NewHold, placeHolds } from "../ledger/holds.js";
import { wallet } from "../ledger/ledger.schema.js";
import { type MachineRow, machine } from "../machines/machine.schema.js";
import { grossPerHour } from "../prices/cost.js";
import { type Fraction, fraction, multiply, rounded } from "../prices/fraction.js";
import { pricesInForce } from "../prices/prices.js";
import type { Standing } from "./standing.js";

const NOTHING = fraction(0n, 1n);
/** States in which a machine is charged for. */
const STANDS = ["RUNNING", "SUSPENDED", "STOPPED"] as const;

/** What a machine needs for its grace. */
export interface Need {
  machine: MachineRow;
  /** Minor units in an hour, exact; a suspended machine counts as running. */
  rate: Fraction;
  /** Minor units that its reserve lacks. */
  missing: bigint;
}

const ofGrace = (rate: Fraction, hours: number): bigint => rounded(multiply(rate, fraction(BigInt(hours), 1n)));

type Payer = Pick<Standing, "organisationId" | "walletId" | "currency">;

/** The machines of some organisations that are charged for, in the order of their ids. */
export const standingMachines = async (
  tx: Tx,
  organisationIds: readonly string[],
): Promise<Map<string, MachineRow[]>> => {
  const rows = await tx.db
    .select()
    .from(machine)
    .where(
      and(
        inArray(machine.organisationId, [...organisationIds]),
        eq(machine.isCharged, true),
        inArray(machine.state, [...STANDS]),
      ),
    )
    .orderBy(machine.vmId);
  return Map.groupBy(rows, ({ organisationId }) => organisationId);
};

/** What open reserves of a kind have left, in minor units, by wallet and then by machine. */
export const reservesLeft = async (
  tx: Tx,
  walletIds: readonly string[],
  kind: "MACHINE_RESERVE" | "STORAGE_RESERVE",
): Promise<Map<string, Map<string, bigint>>> => {
  const rows = await tx.sql<{ wallet_id: string; vm_id: string; left: bigint }[]>`
    select wallet_id, vm_id, sum(amount - captured)::bigint as left from hold
     where wallet_id = any(${[...walletIds]}::uuid[]) and state = 'OPEN' and kind = ${kind} group by wallet_id, vm_id`;
  const byWallet = Map.groupBy(rows, (row) => row.wallet_id);
  return new Map([...byWallet].map(([id, own]) => [id, new Map(own.map(({ vm_id: vmId, left }) => [vmId, left]))]));
};

/**
 * Of every machine that some wallets pay for, by wallet; of one in another currency than its organisation's prices, of
 * none. A constant number of statements.
 */
export const needsOfEach = async (tx: Tx, payers: readonly Payer[], at: Date): Promise<Map<string, Need[]>> => {
  if (payers.length === 0) return new Map();
  const owners = [...new Set(payers.map(({ organisationId }) => organisationId))];
  const prices = await pricesInForce(tx, owners, at);
  const machines = await standingMachines(tx, owners);
  const wallets = payers.map(({ walletId }) => walletId);
  const reserved = await reservesLeft(tx, wallets, "MACHINE_RESERVE");
  const graces = await readSettingOfEach(tx, "billing.graceHours", owners);
  return new Map(
    payers.map(({ organisationId, walletId, currency }) => {
      const own = prices.get(organisationId);
      const graceHours = graces.get(organisationId);
      if (own?.list.currency !== currency || graceHours === undefined) return [walletId, []];
      const needs = (machines.get(organisationId) ?? []).map((row): Need => {
        const rate = grossPerHour(own, row, row.state !== "STOPPED") ?? NOTHING;
        const missing = ofGrace(rate, graceHours) - (reserved.get(walletId)?.get(row.vmId) ?? 0n);
        return { machine: row, rate, missing: missing > 0n ? missing : 0n };
      });
      return [walletId, needs];
    }),
  );
};

/** Of every machine that the wallet pays for. */
export const needsOf = async (tx: Tx, payer: Payer, at: Date): Promise<Need[]> =>
  (await needsOfEach(tx, [payer], at)).get(payer.walletId) ?? [];

type Owner = Pick<Standing, "organisationId" | "walletId">;
type Lack = Pick<Need, "machine" | "missing">;

const reserveFor = (
  { organisationId, walletId }: Owner,
  { machine: { vmId, name }, missing }: Lack,
  at: Date,
): NewHold => ({
  ...{ organisationId, walletId, kind: "MACHINE_RESERVE", amount: missing, orderId: null, vmId, at },
  description: `Reserve of ${name}`,
});

/** Sets aside what reserves lack, in one statement. @throws Fault INSUFFICIENT_FUNDS where the wallet has not that much. */
export const refill = async (tx: Tx, owner: Owner, needs: readonly Lack[], at: Date): Promise<void> => {
  const lacking = needs.filter(({ missing }) => missing > 0n);
  await placeHolds(
    tx,
    lacking.map((need) => reserveFor(owner, need, at)),
  );
};

/**
 * Reserves for machines that nobody ordered and that never had one: each the grace of the machine running, as an order
 * leaves it, as long as the money lasts. Doing it again changes nothing.
 */
export const reserveFirst = async (tx: Tx, vmIds: readonly string[], at: Date): Promise<void> => {
  const rows = await tx.db
    .select({ machine, walletId: wallet.id, currency: wallet.currency })
    .from(machine)
    .innerJoin(wallet, eq(wallet.organisationId, machine.organisationId))
    .leftJoin(hold, eq(hold.vmId, machine.vmId))
    .where(
      and(
        inArray(machine.vmId, [...vmIds]),
        eq(machine.isCharged, true),
        inArray(machine.state, [...STANDS]),
        isNull(hold.id),
      ),
    )
    .orderBy(wallet.id, machine.vmId);
  const owners = [...new Set(rows.map((row) => row.machine.organisationId))];
  const prices = await pricesInForce(tx, owners, at);
  const graces = await readSettingOfEach(tx, "billing.graceHours", owners);
  const wallets = await tx.sql<{ id: string; available: bigint }[]>`
    select id, available from lock_wallets(${rows.map(({ walletId }) => walletId)}::uuid[])`;
  const free = new Map(wallets.map(({ id, available }) => [id, available]));
  const reserves = rows.flatMap(({ machine: row, walletId, currency }): NewHold[] => {
    const { organisationId } = row;
    const own = prices.get(organisationId);
    const graceHours = graces.get(organisationId);
    if (own?.list.currency !== currency || graceHours === undefined) return [];
    const missing = ofGrace(grossPerHour(own, row, true) ?? NOTHING, graceHours);
    const left = (free.get(walletId) ?? 0n) - missing;
    if (missing === 0n || left < 0n) return [];
    free.set(walletId, left);
    return [reserveFor({ organisationId, walletId }, { machine: row, missing }, at)];
  });
  await placeHolds(tx, reserves);
};
