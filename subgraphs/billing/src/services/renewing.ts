import { readSetting, type Tx } from "@tollgate/kit";
import { and, asc, desc, eq, inArray, isNull, lte } from "drizzle-orm";
import { type CatalogueItemRow, catalogueItem, catalogueVersion } from "../catalogue/catalogue.schema.js";
import { type TermsAt, termsThrough } from "../catalogue/terms.js";
import { charge, isOnMonthsInvoice, moneyWords, openPurse, type Purse, wordsFor } from "./charging.js";
import { linesOfPeriod } from "./lines.js";
import { carriedFrom, dueOf, endOfPeriod } from "./period.js";
import { type ServiceSubscriptionRow, serviceSubscription } from "./service.schema.js";
import { freshPeriod, frozen } from "./subscribing.js";
import { tellOf } from "./telling.js";

const HOUR = 3_600_000;
/** Between two attempts at a renewal that the money did not cover. */
const TRY_AGAIN_AFTER = HOUR / 6;
/** Periods of one subscription in one transaction: what is left comes with the next. */
const PERIODS_AT_ONCE = 200;

/** What renewals of one wallet work with. */
interface Work {
  purse: Purse;
  termsAt: TermsAt;
  items: ReadonlyMap<string, CatalogueItemRow>;
  /** Versions of each item, the newest first. */
  versions: ReadonlyMap<string, { version: number; price: bigint; effectiveFrom: Date }[]>;
  graceHours: number;
}

const prepare = async (tx: Tx, rows: readonly ServiceSubscriptionRow[], at: Date): Promise<Work> => {
  const [first] = rows;
  if (!first) throw new Error("there is nothing to renew");
  const itemIds = [...new Set(rows.map(({ itemId }) => itemId))];
  const items = await tx.db.select().from(catalogueItem).where(inArray(catalogueItem.id, itemIds));
  const versions = await tx.db
    .select()
    .from(catalogueVersion)
    .where(inArray(catalogueVersion.itemId, itemIds))
    .orderBy(desc(catalogueVersion.version));
  const { organisationId, currency, walletId } = first;
  const from = new Date(Math.min(...rows.map(({ currentPeriodEnd }) => currentPeriodEnd.getTime())));
  return {
    termsAt: await termsThrough(tx, organisationId, currency, from, at),
    graceHours: await readSetting(tx, "billing.serviceGraceHours", organisationId),
    items: new Map(items.map((item) => [item.id, item])),
    versions: Map.groupBy(versions, ({ itemId }) => itemId),
    purse: await openPurse(tx, walletId),
  };
};

const write = async (tx: Tx, row: ServiceSubscriptionRow): Promise<ServiceSubscriptionRow> => {
  const { id, ...values } = row;
  await tx.db.update(serviceSubscription).set(values).where(eq(serviceSubscription.id, id));
  return row;
};

/** It ends where it was paid up to. */
export const ended = (row: ServiceSubscriptionRow): ServiceSubscriptionRow => ({
  ...row,
  state: "CANCELLED",
  pastDueSince: null,
  endedAt: row.currentPeriodEnd,
});

/** The period after the present one, at the price and the terms of its beginning. */
const nextPeriod = async (row: ServiceSubscriptionRow, work: Work) => {
  const start = row.currentPeriodEnd;
  const version = work.versions.get(row.itemId)?.find(({ effectiveFrom }) => effectiveFrom <= start);
  if (!version) throw new Error(`item ${row.itemId} has no price`);
  const end = endOfPeriod(start, row.interval);
  const terms = await work.termsAt(start);
  const next: ServiceSubscriptionRow = {
    ...row,
    ...freshPeriod(start, end),
    // A document of its own is rounded by itself; hours are added up on the month's invoice.
    ...(isOnMonthsInvoice(row) && carriedFrom(row)),
    ...frozen(terms),
    version: version.version,
    unitPrice: version.price,
    state: "ACTIVE",
    pastDueSince: null,
    dueAt: end,
  };
  const due = dueOf(next);
  return { next: { ...next, taken: due.net, takenTax: due.tax }, terms };
};

/** The money does not cover it: tried again until grace ends, and then it is over, with nothing taken for what was not paid. */
const wait = async (tx: Tx, row: ServiceSubscriptionRow, cost: string, work: Work, at: Date) => {
  const pastDueSince = row.pastDueSince ?? at;
  const graceEnd = new Date(pastDueSince.getTime() + work.graceHours * HOUR);
  if (at >= graceEnd) {
    const over = await write(tx, ended(row));
    await tellOf(tx, over, { change: "UNPAID", until: row.currentPeriodEnd, amount: cost, at });
    return over;
  }
  const dueAt = new Date(Math.min(at.getTime() + TRY_AGAIN_AFTER, graceEnd.getTime()));
  const waiting = await write(tx, { ...row, state: "PAST_DUE", pastDueSince, dueAt });
  if (row.state !== "PAST_DUE") await tellOf(tx, waiting, { change: "PAST_DUE", until: graceEnd, amount: cost, at });
  return waiting;
};

const isDue = ({ endedAt, dueAt }: ServiceSubscriptionRow, at: Date): boolean => endedAt === null && dueAt <= at;

/** Brings one subscription to a moment, period by period. */
const renew = async (tx: Tx, given: ServiceSubscriptionRow, work: Work, at: Date): Promise<ServiceSubscriptionRow> => {
  let row = given;
  for (let periods = 0; isDue(row, at) && periods < PERIODS_AT_ONCE; periods += 1) {
    if (row.cancelAtPeriodEnd) {
      row = await write(tx, ended(row));
      await tellOf(tx, row, { change: "ENDED", until: row.currentPeriodEnd, amount: null, at });
      return row;
    }
    const { next, terms } = await nextPeriod(row, work);
    const due = { net: next.taken, tax: next.takenTax };
    if (due.net + due.tax > work.purse.available) return wait(tx, row, moneyWords(due, row.currency), work, at);
    // What was late is paid when the money is there; what nobody got to in time, when it was due.
    const eventAt = row.state === "PAST_DUE" ? at : next.currentPeriodStart;
    row = await write(tx, next);
    const item = work.items.get(row.itemId);
    if (!item) throw new Error(`there is no item ${row.itemId}`);
    const description = `${wordsFor(item.name, row.quantity)}, renewed`;
    const lines = linesOfPeriod(item, row, terms, null);
    const renewal = { kind: "RENEWAL" as const, isWhole: true, description, lines, rate: terms.tax, eventAt };
    await charge(tx, work.purse, row, { ...due, ...renewal }, at);
    work.termsAt.charged(eventAt, due.net);
  }
  return row;
};

/** Brings subscriptions of one wallet to a moment. They are locked. */
export const renewTogether = async (
  tx: Tx,
  rows: readonly ServiceSubscriptionRow[],
  at: Date,
): Promise<ServiceSubscriptionRow[]> => {
  const due = rows.filter((row) => isDue(row, at));
  if (due.length === 0) return [...rows];
  const work = await prepare(tx, due, at);
  const brought: ServiceSubscriptionRow[] = [];
  for (const row of rows) brought.push(isDue(row, at) ? await renew(tx, row, work, at) : row);
  return brought;
};

/** Those of a wallet that are due and that nobody else renews at this moment. */
export const lockDue = (tx: Tx, ids: readonly string[], at: Date): Promise<ServiceSubscriptionRow[]> =>
  tx.db
    .select()
    .from(serviceSubscription)
    .where(
      and(
        inArray(serviceSubscription.id, [...ids]),
        isNull(serviceSubscription.endedAt),
        lte(serviceSubscription.dueAt, at),
      ),
    )
    .orderBy(asc(serviceSubscription.dueAt), asc(serviceSubscription.id))
    .for("update", { skipLocked: true });
