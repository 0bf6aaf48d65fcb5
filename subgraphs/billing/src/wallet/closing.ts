import { announce, audit, type Currency, formatMoney, type Tx } from "@tollgate/kit";
import type { ClosingTurn } from "@tollgate/kit/protocol";
import { and, eq, gt, inArray, isNull, or } from "drizzle-orm";
import { MAIN_CURRENCY } from "../currency.js";
import { openWallets } from "../ledger/ledger.js";
import { order } from "../orders/order.schema.js";
import { endServicesOf, lockServicesOf } from "../services/closing.js";
import { topUp } from "../topups/topup.schema.js";
import { hourOf } from "../usage/runs.js";
import { metering, run } from "../usage/usage.schema.js";

interface LockedWallet {
  currency: Currency;
  posted: bigint;
  held: bigint;
  receivable: bigint;
}

/** Top-ups that could still become money. EXPIRED: proof of a transfer may come late. */
const MAY_COME = ["INITIALISED", "PENDING", "EXPIRED"] as const;

/** Everything that the decision stands on, locked in the order in which whoever charges and pays locks it. */
const lockAll = async (tx: Tx, organisationId: string) => {
  const [meteringRow] = await tx.db
    .select()
    .from(metering)
    .where(eq(metering.organisationId, organisationId))
    .for("update");
  // Alone, where whoever opens a wallet shares: none of another currency comes to be beside the decision. Whoever charges
  // opens wallets with the metering locked already.
  await tx.sql`select pg_advisory_xact_lock(hashtextextended('billing: wallets come to be', 0))`;
  // It may be so new that its place in the tree is not known here yet.
  await openWallets(tx, [organisationId], MAIN_CURRENCY);
  const since = meteringRow?.until ?? new Date(0);
  const runs = await tx.db
    .select({ id: run.id })
    .from(run)
    .where(and(eq(run.organisationId, organisationId), or(isNull(run.toAt), gt(run.toAt, since))))
    .orderBy(run.id)
    .for("update");
  const open = await tx.db
    .select({ id: topUp.id })
    .from(topUp)
    .where(and(eq(topUp.organisationId, organisationId), inArray(topUp.state, [...MAY_COME])))
    .orderBy(topUp.id)
    .for("update");
  await lockServicesOf(tx, organisationId);
  await tx.sql`select id from lock_reserves_of(${organisationId})`;
  const wallets = await tx.sql<LockedWallet[]>`
    select currency, posted, held, receivable from lock_wallets_of(${organisationId})`;
  return { chargedUntil: meteringRow?.until ?? null, runs, topUps: open, wallets };
};

type Locked = Awaited<ReturnType<typeof lockAll>>;

const walletObstacle = ({ currency, posted, held, receivable }: LockedWallet): string | null => {
  const words = (minorUnits: bigint) => formatMoney({ minorUnits, currency });
  if (held !== 0n) {
    return `Its wallet holds ${words(posted)}, ${words(held)} of it set aside for machines and orders: delete the machines first.`;
  }
  if (posted < 0n) return `It has used ${words(-posted)} on credit: that is to be invoiced and paid first.`;
  if (posted !== 0n) return `Its wallet holds ${words(posted)}: refund or adjust it first.`;
  if (receivable !== 0n) return `It owes ${words(-receivable)}: settle that first.`;
  return null;
};

/** What stands against closing, in words for whoever asked; null: nothing. */
const obstacleOf = async (tx: Tx, organisationId: string, locked: Locked, at: Date): Promise<string | null> => {
  const [placed] = await tx.db
    .select({ number: order.number })
    .from(order)
    .where(and(eq(order.organisationId, organisationId), isNull(order.endedAt)))
    .limit(1);
  if (placed) return `Its order ${placed.number} is still under way.`;
  const [awaited] = await tx.db
    .select({ reference: topUp.reference })
    .from(topUp)
    .where(and(eq(topUp.organisationId, organisationId), eq(topUp.state, "AWAITING_APPROVAL")))
    .limit(1);
  if (awaited) return `Its payment ${awaited.reference} awaits a decision.`;
  const { chargedUntil, runs, wallets } = locked;
  if (runs.length > 0 && chargedUntil !== null && chargedUntil < hourOf(at)) {
    return "The use of its machines up to the last full hour is being charged; try again in a minute.";
  }
  return wallets.map(walletObstacle).find((obstacle) => obstacle !== null) ?? null;
};

/** Use stops counting where it was charged up to: nobody is left to pay the rest of the hour. */
const endRuns = async (tx: Tx, { runs, chargedUntil }: Locked): Promise<void> => {
  const until = (chargedUntil ?? new Date(0)).toISOString();
  await tx.sql`
    update run set to_at = greatest(from_at, ${until}::timestamptz) where id = any(${runs.map(({ id }) => id)}::uuid[])`;
};

/**
 * Decides whether an organisation's money allows its end. Where it does, the wallets are shut in the same transaction
 * as the answer is given: from then on the books refuse every movement of them, so that nothing comes in between.
 */
export const decideClosing = async (tx: Tx, { closingId, organisationId }: ClosingTurn, at: Date): Promise<void> => {
  const locked = await lockAll(tx, organisationId);
  const reason = await obstacleOf(tx, organisationId, locked, at);
  const about = { aggregateId: closingId, organisationId };
  if (reason !== null) {
    await announce(tx, "closing.refused", { ...about, payload: { closingId, organisationId, reason } });
    return;
  }
  const ids = locked.topUps.map(({ id }) => id);
  await tx.db
    .update(topUp)
    .set({ state: "CANCELLED", settledAt: at })
    .where(and(inArray(topUp.id, ids), inArray(topUp.state, ["INITIALISED", "PENDING"])));
  await endRuns(tx, locked);
  await endServicesOf(tx, organisationId, at);
  await tx.sql`select close_wallets(${organisationId})`;
  await announce(tx, "closing.cleared", { ...about, payload: { closingId, organisationId } });
  await audit(tx, "billing", {
    action: "organisation:close",
    resource: "wallet",
    organisationId,
    after: { state: "CLOSED" },
  });
};
