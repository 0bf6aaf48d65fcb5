import { type Database, readSettingOfEach, type Tx } from "@tollgate/kit";
import { eq, inArray } from "drizzle-orm";
import { placeHolds } from "../ledger/holds.js";
import { type WalletRow, wallet } from "../ledger/ledger.schema.js";
import type { MachineRow } from "../machines/machine.schema.js";
import { grossPerHour } from "../prices/cost.js";
import { add, type Fraction, fraction, multiply, rounded } from "../prices/fraction.js";
import { pricesInForce } from "../prices/prices.js";
import { reservesLeft, standingMachines } from "./reserves.js";

const NOTHING = fraction(0n, 1n);
/** Runway that setting aside leaves: nobody is warned because of it. */
const HOURS_LEFT = 72n;
const HOURS_A_DAY = 24n;
/** Wallets looked at in one go, those with the most first. */
const WALLETS_AT_ONCE = 1_000;

const forHours = (rate: Fraction, hours: bigint): bigint => rounded(multiply(rate, fraction(hours, 1n)));

interface Wish {
  machine: MachineRow;
  /** Minor units. */
  amount: bigint;
  /** For how long that pays. */
  days: number;
}

/**
 * What is to be set aside for the storage of each organisation's machines for some days (a setting), so that their disks
 * are paid for after the money ended and everything stopped. As long as it leaves three days of runway: the wallet stands
 * as well as before. By wallet; a constant number of statements.
 */
const wishesOf = async (tx: Tx, rows: readonly WalletRow[], at: Date): Promise<Map<string, Wish[]>> => {
  const owners = [...new Set(rows.map(({ organisationId }) => organisationId))];
  const prices = await pricesInForce(tx, owners, at);
  const machines = await standingMachines(tx, owners);
  const settings = await readSettingOfEach(tx, "billing.storageReserveDays", owners);
  const wallets = rows.map(({ id }) => id);
  const kept = await reservesLeft(tx, wallets, "STORAGE_RESERVE");
  return new Map(
    rows.map(({ id, organisationId, currency, available }) => {
      const own = prices.get(organisationId);
      const days = settings.get(organisationId);
      if (own?.list.currency !== currency || days === undefined) return [id, []];
      const standing = machines.get(organisationId) ?? [];
      const rates = standing.map((machine) => grossPerHour(own, machine, machine.state !== "STOPPED") ?? NOTHING);
      let free = available - forHours(rates.reduce(add, NOTHING), HOURS_LEFT);
      const wishes = standing.flatMap((machine): Wish[] => {
        const storage = grossPerHour(own, machine, false) ?? NOTHING;
        const amount = forHours(storage, BigInt(days) * HOURS_A_DAY) - (kept.get(id)?.get(machine.vmId) ?? 0n);
        if (amount <= 0n || amount > free) return [];
        free -= amount;
        return [{ machine, amount, days }];
      });
      return [id, wishes];
    }),
  );
};

const setAside = async (tx: Tx, row: WalletRow, at: Date): Promise<void> => {
  const { id: walletId, organisationId } = row;
  const what = { organisationId, walletId, kind: "STORAGE_RESERVE", orderId: null, at } as const;
  const wishes = (await wishesOf(tx, [row], at)).get(walletId) ?? [];
  await placeHolds(
    tx,
    wishes.map(({ machine: { vmId, name }, amount, days }) => ({
      ...{ ...what, vmId, amount, description: `Storage of ${name} for ${days} days` },
    })),
  );
};

/** The wallet's, under its lock and only while it stands well. */
export const reserveUnderLock = async (tx: Tx, walletId: string, at: Date): Promise<void> => {
  await tx.sql`select id from lock_reserves(${walletId})`;
  await tx.sql`select id from lock_wallet(${walletId})`;
  const [row] = await tx.db.select().from(wallet).where(eq(wallet.id, walletId));
  if (row?.state === "ACTIVE") await setAside(tx, row, at);
};

/** Wallets that stand well, have a machine whose storage is not reserved, or no longer wholly, and can pay for it. */
const dueToReserve = async (tx: Tx, at: Date): Promise<string[]> => {
  const found = await tx.sql<{ id: string }[]>`
    select w.id from wallet w
     where w.state = 'ACTIVE' and w.available > 0 and exists (select from machine m
        left join hold h on h.vm_id = m.vm_id and h.kind = 'STORAGE_RESERVE' and h.state = 'OPEN'
       where m.organisation_id = w.organisation_id and m.is_charged and m.state in ('RUNNING', 'SUSPENDED', 'STOPPED')
         and (h.id is null or h.captured > 0))
     order by w.available desc, w.id limit ${WALLETS_AT_ONCE}`;
  if (found.length === 0) return [];
  const ids = found.map(({ id }) => id);
  const rows = await tx.db.select().from(wallet).where(inArray(wallet.id, ids));
  const wishes = await wishesOf(tx, rows, at);
  return ids.filter((id) => (wishes.get(id)?.length ?? 0) > 0);
};

/**
 * Sets aside for every wallet that can; only those are locked. Doing it again changes nothing; one failure stops no other.
 * @returns the failures, by wallet.
 */
export const reserveStorage = async (database: Database, at: Date): Promise<Map<string, unknown>> => {
  const failures = new Map<string, unknown>();
  for (const id of await database.system("reserve-storage", (tx) => dueToReserve(tx, at))) {
    await database
      .system("reserve-storage", (tx) => reserveUnderLock(tx, id, at))
      .catch((error: unknown) => failures.set(id, error));
  }
  return failures;
};
