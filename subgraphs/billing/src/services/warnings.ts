import type { Database, Tx } from "@tollgate/kit";
import { and, asc, eq, gt, inArray, isNull, lte, ne, or, sql } from "drizzle-orm";
import { catalogueItem } from "../catalogue/catalogue.schema.js";
import { wallet } from "../ledger/ledger.schema.js";
import { taxOf } from "../prices/calculation.js";
import { moneyWords } from "./charging.js";
import { type ServiceSubscriptionRow, serviceSubscription } from "./service.schema.js";
import { tellOf } from "./telling.js";

const DAY = 86_400_000;
/** People are warned this long before a period ends. */
const WARN_BEFORE = 7 * DAY;
const WALLETS_AT_ONCE = 200;

/** What renewals of one wallet in the next days cost, added up in their order, against what is available. */
const uncovered = (
  rows: readonly ServiceSubscriptionRow[],
  prices: ReadonlyMap<string, bigint>,
  available: bigint,
): Map<string, { net: bigint; tax: bigint }> => {
  let left = available;
  const missing = new Map<string, { net: bigint; tax: bigint }>();
  for (const row of rows.filter(({ cancelAtPeriodEnd }) => !cancelAtPeriodEnd)) {
    const net = (prices.get(row.itemId) ?? row.unitPrice) * BigInt(row.quantity);
    const due = { net, tax: taxOf(net, { basisPoints: row.taxBasisPoints }) };
    left -= due.net + due.tax;
    if (left < 0n) missing.set(row.id, due);
  }
  return missing;
};

const warnWallet = async (
  tx: Tx,
  rows: readonly ServiceSubscriptionRow[],
  prices: ReadonlyMap<string, bigint>,
  available: bigint,
  at: Date,
): Promise<number> => {
  const missing = uncovered(rows, prices, available);
  let told = 0;
  for (const row of rows) {
    const until = row.currentPeriodEnd;
    const cost = missing.get(row.id);
    if (row.warnedOf?.getTime() === until.getTime() || !(cost || row.cancelAtPeriodEnd)) continue;
    await tx.db.update(serviceSubscription).set({ warnedOf: until }).where(eq(serviceSubscription.id, row.id));
    const change = cost ? ("UNCOVERED" as const) : ("ENDING" as const);
    await tellOf(tx, row, { change, until, amount: cost ? moneyWords(cost, row.currency) : null, at });
    told += 1;
  }
  return told;
};

const soonOver = (at: Date) =>
  and(
    isNull(serviceSubscription.endedAt),
    eq(serviceSubscription.state, "ACTIVE"),
    ne(serviceSubscription.interval, "HOURLY"),
    gt(serviceSubscription.currentPeriodEnd, at),
    lte(serviceSubscription.currentPeriodEnd, new Date(at.getTime() + WARN_BEFORE)),
  );

/** Wallets with a period that ends soon and was not warned of, after the one given. */
const walletsToLookAt = (tx: Tx, after: string | null, at: Date) =>
  tx.db
    .selectDistinct({ walletId: serviceSubscription.walletId })
    .from(serviceSubscription)
    .where(
      and(
        soonOver(at),
        or(isNull(serviceSubscription.warnedOf), sql`warned_of <> current_period_end`),
        after === null ? undefined : gt(serviceSubscription.walletId, after),
      ),
    )
    .orderBy(asc(serviceSubscription.walletId))
    .limit(WALLETS_AT_ONCE);

/**
 * Warns seven days before a period ends that the money does not reach for the next one, or that there will be none: once a
 * period. List prices with tax are counted, so that nobody is told too late. @returns how many were warned.
 */
export const warnOfEnds = async (database: Database, at: Date): Promise<number> => {
  let [told, after] = [0, null as string | null];
  for (;;) {
    const found = await database.system("warn-of-services", async (tx) => {
      const wallets = (await walletsToLookAt(tx, after, at)).map(({ walletId }) => walletId);
      if (wallets.length === 0) return wallets;
      const rows = await tx.db
        .select()
        .from(serviceSubscription)
        .where(and(soonOver(at), inArray(serviceSubscription.walletId, wallets)))
        .orderBy(asc(serviceSubscription.currentPeriodEnd), asc(serviceSubscription.id))
        .for("update");
      const itemIds = [...new Set(rows.map(({ itemId }) => itemId))];
      const items = await tx.db.select().from(catalogueItem).where(inArray(catalogueItem.id, itemIds));
      const prices = new Map(items.map(({ id, price }) => [id, price]));
      const balances = await tx.db
        .select({ id: wallet.id, available: wallet.available })
        .from(wallet)
        .where(inArray(wallet.id, wallets));
      const available = new Map(balances.map((row) => [row.id, row.available]));
      for (const [walletId, own] of Map.groupBy(rows, (row) => row.walletId)) {
        told += await warnWallet(tx, own, prices, available.get(walletId) ?? 0n, at);
      }
      return wallets;
    });
    after = found.at(-1) ?? null;
    if (after === null) return told;
  }
};
