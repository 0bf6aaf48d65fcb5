import { newEventId, readSetting, readSettingOfEach, type Tx } from "@tollgate/kit";
import { and, eq, inArray, isNull } from "drizzle-orm";
import { hold } from "../ledger/hold.schema.js";
import { placeHold } from "../ledger/holds.js";
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

/** Of every machine that the wallet pays for. */
export const needsOf = async (
  tx: Tx,
  { organisationId, walletId, currency }: Pick<Standing, "organisationId" | "walletId" | "currency">,
  at: Date,
): Promise<Need[]> => {
  const prices = (await pricesInForce(tx, [organisationId], at)).get(organisationId);
  if (!prices || prices.list.currency !== currency) return [];
  const rows = await tx.db
    .select()
    .from(machine)
    .where(
      and(eq(machine.organisationId, organisationId), eq(machine.isCharged, true), inArray(machine.state, [...STANDS])),
    );
  const held = await tx.sql<{ vm_id: string; left: bigint }[]>`
    select vm_id, sum(amount - captured)::bigint as left from hold
     where wallet_id = ${walletId} and state = 'OPEN' and kind = 'MACHINE_RESERVE' group by vm_id`;
  const graceHours = await readSetting(tx, "billing.graceHours", organisationId);
  const reserved = new Map(held.map(({ vm_id: vmId, left }) => [vmId, left]));
  return rows.map((row) => {
    const rate = grossPerHour(prices, row, row.state !== "STOPPED") ?? NOTHING;
    const missing = ofGrace(rate, graceHours) - (reserved.get(row.vmId) ?? 0n);
    return { machine: row, rate, missing: missing > 0n ? missing : 0n };
  });
};

/** Sets aside what reserves lack. @throws Fault INSUFFICIENT_FUNDS where the wallet has not that much. */
export const refill = async (
  tx: Tx,
  { organisationId, walletId }: Pick<Standing, "organisationId" | "walletId">,
  needs: readonly Pick<Need, "machine" | "missing">[],
  at: Date,
): Promise<void> => {
  for (const { machine: row, missing } of needs) {
    if (missing === 0n) continue;
    const what = { id: newEventId(), organisationId, walletId, kind: "MACHINE_RESERVE" as const, amount: missing };
    await placeHold(tx, { ...what, orderId: null, vmId: row.vmId, description: `Reserve of ${row.name}`, at });
  }
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
  for (const { machine: row, walletId, currency } of rows) {
    const { organisationId } = row;
    const own = prices.get(organisationId);
    const graceHours = graces.get(organisationId);
    if (own?.list.currency !== currency || graceHours === undefined) continue;
    const missing = ofGrace(grossPerHour(own, row, true) ?? NOTHING, graceHours);
    const [locked] = await tx.sql<{ available: bigint }[]>`select available from lock_wallet(${walletId})`;
    if (locked && locked.available >= missing)
      await refill(tx, { organisationId, walletId }, [{ machine: row, missing }], at);
  }
};
