import { type Database, newEventId, readSetting, type Tx } from "@tollgate/kit";
import { eq } from "drizzle-orm";
import { placeHold } from "../ledger/holds.js";
import { type WalletRow, wallet } from "../ledger/ledger.schema.js";
import { grossPerHour } from "../prices/cost.js";
import { add, type Fraction, fraction, multiply, rounded } from "../prices/fraction.js";
import { pricesInForce } from "../prices/prices.js";
import { needsOf } from "./reserves.js";
import { standingOf } from "./standing.js";

const NOTHING = fraction(0n, 1n);
/** Runway that setting aside leaves: nobody is warned because of it. */
const HOURS_LEFT = 72n;
const HOURS_A_DAY = 24n;
/** Wallets looked at in one go, those with the most first. */
const WALLETS_AT_ONCE = 1_000;

/** Open reserves for storage, in minor units, by machine. */
const keptOf = async (tx: Tx, walletId: string): Promise<Map<string, bigint>> => {
  const rows = await tx.sql<{ vm_id: string; left: bigint }[]>`
    select vm_id, sum(amount - captured)::bigint as left from hold
     where wallet_id = ${walletId} and state = 'OPEN' and kind = 'STORAGE_RESERVE' group by vm_id`;
  return new Map(rows.map(({ vm_id: vmId, left }) => [vmId, left]));
};

const forHours = (rate: Fraction, hours: bigint): bigint => rounded(multiply(rate, fraction(hours, 1n)));

/**
 * Sets aside what the storage of an organisation's machines costs for some days (a setting), so that their disks are
 * paid for after the money ended and everything stopped. As long as it leaves three days of runway: the wallet stands as
 * well as before.
 */
const reserveOf = async (tx: Tx, row: WalletRow, at: Date): Promise<void> => {
  const { id: walletId, organisationId } = row;
  const prices = (await pricesInForce(tx, [organisationId], at)).get(organisationId);
  if (prices?.list.currency !== row.currency) return;
  const days = await readSetting(tx, "billing.storageReserveDays", organisationId);
  const needs = await needsOf(tx, standingOf(row), at);
  const rate = needs.reduce((sum, need) => add(sum, need.rate), NOTHING);
  const kept = await keptOf(tx, walletId);
  let free = row.available - forHours(rate, HOURS_LEFT);
  for (const { machine } of needs) {
    const storage = grossPerHour(prices, machine, false) ?? NOTHING;
    const amount = forHours(storage, BigInt(days) * HOURS_A_DAY) - (kept.get(machine.vmId) ?? 0n);
    if (amount <= 0n || amount > free) continue;
    const what = { id: newEventId(), organisationId, walletId, kind: "STORAGE_RESERVE" as const, amount };
    const description = `Storage of ${machine.name} for ${days} days`;
    await placeHold(tx, { ...what, orderId: null, vmId: machine.vmId, description, at });
    free -= amount;
  }
};

/** The wallet's, under its lock and only while it stands well. */
const reserveUnderLock = async (tx: Tx, walletId: string, at: Date): Promise<void> => {
  await tx.sql`select id from lock_reserves(${walletId})`;
  await tx.sql`select id from lock_wallet(${walletId})`;
  const [row] = await tx.db.select().from(wallet).where(eq(wallet.id, walletId));
  if (row?.state === "ACTIVE") await reserveOf(tx, row, at);
};

/**
 * The same for every wallet that stands well and has a machine whose storage is not reserved, or no longer wholly. Doing
 * it again changes nothing; one failure stops no other. @returns the failures, by wallet.
 */
export const reserveStorage = async (database: Database, at: Date): Promise<Map<string, unknown>> => {
  const failures = new Map<string, unknown>();
  const rows = await database.system(
    "reserve-storage",
    (tx) => tx.sql<{ id: string }[]>`
      select w.id from wallet w
       where w.state = 'ACTIVE' and w.available > 0 and exists (select from machine m
          left join hold h on h.vm_id = m.vm_id and h.kind = 'STORAGE_RESERVE' and h.state = 'OPEN'
         where m.organisation_id = w.organisation_id and m.is_charged and m.state in ('RUNNING', 'SUSPENDED', 'STOPPED')
           and (h.id is null or h.captured > 0))
       order by w.available desc, w.id limit ${WALLETS_AT_ONCE}`,
  );
  for (const { id } of rows) {
    await database
      .system("reserve-storage", (tx) => reserveUnderLock(tx, id, at))
      .catch((error: unknown) => failures.set(id, error));
  }
  return failures;
};
