import { type Database, readSetting, type Tx } from "@tollgate/kit";
import { and, asc, eq, inArray } from "drizzle-orm";
import { MAIN_CURRENCY } from "../currency.js";
import { liveRates } from "../ledger/funds.js";
import { walletFor } from "../ledger/ledger.js";
import { grossPerHour } from "../prices/cost.js";
import { add, ceiling, type Fraction, fraction, multiply, subtract } from "../prices/fraction.js";
import { pricesInForce } from "../prices/prices.js";
import type { Prices } from "../prices/rates.js";
import { type MachineRow, machine } from "./machine.schema.js";

/** A machine that was promised its start and has not begun to run by then may not any more. */
const START_WITHIN = 5 * 60_000;

const NOTHING = fraction(0n, 1n);

/** What it costs more to have the machine on than off; nothing for one that counts as running already. */
const costOfStart = (row: MachineRow, prices: Prices | undefined, at: Date): Fraction => {
  const isOn = row.state !== "STOPPED" || (row.startsUntil !== null && row.startsUntil > at);
  if (!row.isCharged || !prices || isOn) return NOTHING;
  const [on, off] = [grossPerHour(prices, row, true), grossPerHour(prices, row, false)];
  return on && off ? subtract(on, off) : NOTHING;
};

/**
 * The law of funds for machines that are off, under the wallet's lock: what is available covers some hours of all that
 * runs, is promised to run, and of this one. Reserves do not count: they are for the time after.
 * @returns the ids of those that may start; they count as running from now on.
 */
const allow = async (tx: Tx, organisationId: string, vmIds: readonly string[], at: Date): Promise<string[]> => {
  const prices = (await pricesInForce(tx, [organisationId], at)).get(organisationId);
  const currency = prices?.list.currency ?? MAIN_CURRENCY;
  const walletId = await walletFor(tx, organisationId, currency);
  const [wallet] = await tx.sql<{ available: bigint }[]>`select available from lock_wallet(${walletId})`;
  // The wallet before its machines, as whoever charges them does.
  const own = and(eq(machine.organisationId, organisationId), inArray(machine.vmId, [...vmIds]));
  const rows = await tx.db.select().from(machine).where(own);
  const live = await liveRates(tx, [{ id: walletId, organisation_id: organisationId, currency }], at);
  const hours = BigInt(await readSetting(tx, "billing.powerOnHours", organisationId));
  let rate = live.get(walletId) ?? NOTHING;
  const byId = new Map(rows.map((row) => [row.vmId, row]));
  const allowed: string[] = [];
  for (const vmId of vmIds) {
    const row = byId.get(vmId);
    if (!row) continue;
    const more = costOfStart(row, prices, at);
    const all = add(rate, more);
    const needed = ceiling(multiply(all, fraction(hours, 1n)));
    if (more.numerator > 0n && (wallet?.available ?? 0n) < needed) continue;
    rate = all;
    allowed.push(vmId);
  }
  if (allowed.length > 0) {
    const startsUntil = new Date(at.getTime() + START_WITHIN);
    await tx.db.update(machine).set({ startsUntil }).where(inArray(machine.vmId, allowed));
  }
  return allowed;
};

/**
 * Which of these machines may not be switched on now for want of money; see `PowerFunds`. Each organisation's are decided
 * in a transaction of its own.
 */
export const refusedStarts = async (database: Database, vmIds: readonly string[], at: Date): Promise<string[]> => {
  const system = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => database.system("power-on", work);
  const wanted = [...new Set(vmIds)];
  const owners = await system((tx) =>
    tx.db
      .selectDistinct({ organisationId: machine.organisationId })
      .from(machine)
      .where(inArray(machine.vmId, wanted))
      .orderBy(asc(machine.organisationId)),
  );
  const allowed = new Set<string>();
  for (const { organisationId } of owners) {
    for (const id of await system((tx) => allow(tx, organisationId, wanted, at))) allowed.add(id);
  }
  return wanted.filter((id) => !allowed.has(id));
};
