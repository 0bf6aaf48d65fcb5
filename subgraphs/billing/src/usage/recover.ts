import { type Database, newEventId, type Tx } from "@tollgate/kit";
import { and, eq, inArray, ne, or } from "drizzle-orm";
import { placeHold } from "../ledger/holds.js";
import { postEntry } from "../ledger/ledger.js";
import { wallet } from "../ledger/ledger.schema.js";
import { type MachineRow, machine } from "../machines/machine.schema.js";
import { costPerHour } from "../prices/cost.js";
import { add, type Fraction, fraction, lesser, multiply, rounded } from "../prices/fraction.js";
import { pricesInForce } from "../prices/prices.js";
import { standingOf } from "./charge.js";
import { GRACE_HOURS, resume, reviewRunway, type Standing } from "./standing.js";

const NOTHING = fraction(0n, 1n);
/** Hours of everything that must be there beside the reserves before what was stopped resumes, and what still runs. */
const HOURS_TO_RESUME = { STOPPED: 24n, OUT_OF_FUNDS: 1n } as const;

/** A debt is paid before anything else. @returns what is available then. */
const collectDebt = async (tx: Tx, standing: Standing, owed: bigint, at: Date): Promise<bigint> => {
  const { walletId, organisationId, available } = standing;
  const amount = lesser(owed, available);
  if (amount <= 0n) return available;
  const legs = [
    { walletId, account: "WALLET" as const, amount: -amount },
    { walletId, account: "RECEIVABLE" as const, amount },
  ];
  await postEntry(tx, { organisationId, kind: "USAGE", description: "Use that was owed", eventAt: at, legs });
  return available - amount;
};

interface Need {
  machine: MachineRow;
  rate: Fraction;
  /** Minor units that its reserve lacks. */
  missing: bigint;
}

const needsOf = async (tx: Tx, { organisationId, walletId, currency }: Standing, at: Date): Promise<Need[]> => {
  const prices = (await pricesInForce(tx, [organisationId], at)).get(organisationId);
  if (!prices || prices.list.currency !== currency) return [];
  const rows = await tx.db
    .select()
    .from(machine)
    .where(
      and(
        eq(machine.organisationId, organisationId),
        eq(machine.isCharged, true),
        inArray(machine.state, ["RUNNING", "SUSPENDED", "STOPPED"]),
      ),
    );
  const held = await tx.sql<{ vm_id: string; left: bigint }[]>`
    select vm_id, sum(amount - captured)::bigint as left from hold
     where wallet_id = ${walletId} and state = 'OPEN' and kind = 'MACHINE_RESERVE' group by vm_id`;
  const reserved = new Map(held.map(({ vm_id: vmId, left }) => [vmId, left]));
  return rows.map((row) => {
    const rate = costPerHour(prices, row, row.state !== "STOPPED") ?? NOTHING;
    const missing = rounded(multiply(rate, fraction(BigInt(GRACE_HOURS), 1n))) - (reserved.get(row.vmId) ?? 0n);
    return { machine: row, rate, missing: missing > 0n ? missing : 0n };
  });
};

const refill = async (tx: Tx, standing: Standing, needs: readonly Need[], at: Date): Promise<void> => {
  const { organisationId, walletId } = standing;
  for (const { machine: row, missing } of needs) {
    if (missing === 0n) continue;
    const what = { id: newEventId(), organisationId, walletId, kind: "MACHINE_RESERVE" as const, amount: missing };
    await placeHold(tx, { ...what, orderId: null, vmId: row.vmId, description: `Reserve of ${row.name}`, at });
  }
};

/**
 * After money came in: debts are collected, reserves filled again, and where that leaves enough the wallet is itself
 * again and what was stopped resumes. Doing it again changes nothing.
 */
export const recover = async (tx: Tx, walletId: string, at: Date): Promise<void> => {
  await tx.sql`select id from lock_reserves(${walletId})`;
  await tx.sql`select id from lock_wallet(${walletId})`;
  const [row] = await tx.db.select().from(wallet).where(eq(wallet.id, walletId));
  if (!row || row.state === "CLOSED") return;
  const owed = -row.receivable;
  const standing: Standing = { ...standingOf(row), available: await collectDebt(tx, standingOf(row), owed, at) };
  if (owed > row.available) return;
  const needs = await needsOf(tx, standing, at);
  const rate = needs.reduce((sum, need) => add(sum, need.rate), NOTHING);
  const { state } = standing;
  if (state !== "STOPPED" && state !== "OUT_OF_FUNDS") {
    await reviewRunway(tx, standing, rate, at);
    return;
  }
  const missing = needs.reduce((sum, need) => sum + need.missing, 0n);
  const further = rounded(multiply(rate, fraction(HOURS_TO_RESUME[state], 1n)));
  if (standing.available < missing + further) return;
  await refill(tx, standing, needs, at);
  await resume(tx, { ...standing, available: standing.available - missing }, rate, at);
};

/** The same for every wallet that has something to recover from, whatever the money came by. */
export const recoverAll = async (database: Database, at: Date): Promise<void> => {
  const rows = await database.system("recover-wallets", (tx) =>
    tx.db
      .select({ id: wallet.id })
      .from(wallet)
      .where(or(inArray(wallet.state, ["LOW", "OUT_OF_FUNDS", "STOPPED"]), ne(wallet.receivable, 0n))),
  );
  for (const { id } of rows) await database.system("recover-wallets", (tx) => recover(tx, id, at));
};
