import { type Currency, formatMoney, type Money, newEventId, type Tx } from "@tollgate/kit";
import { issueForCharge } from "../invoices/charges.js";
import type { NewLine } from "../invoices/drafting.js";
import { postEntry } from "../ledger/ledger.js";
import { InsufficientFundsFault } from "../orders/order.problems.js";
import type { TaxRateRow } from "../tax/tax.schema.js";
import { type Booked, giveBack, giveBackHours } from "./crediting.js";
import type { Due } from "./period.js";
import { saleLegs } from "./sale-legs.js";
import { type ServiceSubscriptionRow, serviceCharge } from "./service.schema.js";

/** What pays, locked until the transaction ends. */
export interface Purse {
  walletId: string;
  currency: Currency;
  /** Minor units. */
  available: bigint;
}

/** Locks a wallet. What it is used for is written through `charge`, which keeps `available`. */
export const openPurse = async (tx: Tx, walletId: string): Promise<Purse> => {
  await tx.sql`select id from lock_reserves(${walletId})`;
  const [row] = await tx.sql<{ currency: Currency; available: bigint }[]>`
    select currency, available from lock_wallet(${walletId})`;
  if (!row) throw new Error("a wallet that was opened is gone");
  return { walletId, ...row };
};

/** @throws InsufficientFundsFault where less is available. */
export const requireFunds = ({ walletId, currency, available }: Purse, needed: bigint): void => {
  if (available >= needed) return;
  const inCurrency = (minorUnits: bigint): Money => ({ minorUnits, currency });
  throw new InsufficientFundsFault(
    { available: inCurrency(available), needed: inCurrency(needed), shortfall: inCurrency(needed - available) },
    walletId,
  );
};

export interface Charge extends Due {
  kind: "START" | "RENEWAL" | "CHANGE";
  /** Whether it pays a whole period from its beginning on. */
  isWhole: boolean;
  /** For the account statement. */
  description: string;
  /** For the invoice; they add up to `net`. */
  lines: readonly NewLine[];
  /** Which `tax` was worked out by. */
  rate: TaxRateRow | null;
  /** Of what its whole period costs less by. */
  couponCode?: string | null;
  /** When it happened. */
  eventAt: Date;
}

/** What is charged by the hour is on the invoice of the month, as use is; all else has one of its own. */
export const isOnMonthsInvoice = ({ interval }: Pick<ServiceSubscriptionRow, "interval">): boolean =>
  interval === "HOURLY";

const take = async (tx: Tx, purse: Purse, row: ServiceSubscriptionRow, wish: Charge, at: Date): Promise<Booked> => {
  const { organisationId, id: serviceSubscriptionId, currentPeriodStart: from, currentPeriodEnd: to } = row;
  const { walletId, currency } = purse;
  const { description, eventAt, lines, rate, net, tax } = wish;
  requireFunds(purse, net + tax);
  const reason = { kind: "SERVICE_SUBSCRIPTION" as const, id: serviceSubscriptionId };
  const legs = saleLegs(walletId, wish);
  const entryId = await postEntry(tx, { organisationId, kind: "SERVICE", description, eventAt, reason, legs });
  if (isOnMonthsInvoice(row)) return { net, tax, entryId, isForMonth: true };
  const document = { organisationId, walletId, currency, period: { from, to }, lines, entryId, serviceSubscriptionId };
  await issueForCharge(tx, { ...document, tax: rate && { amount: tax, rate } }, at);
  return { net, tax, entryId, isForMonth: false };
};

const back = (tx: Tx, row: ServiceSubscriptionRow, wish: Charge, at: Date): Promise<Booked[]> => {
  const due = { net: -wish.net, tax: -wish.tax, reason: wish.description };
  return isOnMonthsInvoice(row)
    ? giveBackHours(tx, row, { ...due, eventAt: wish.eventAt }, at)
    : giveBack(tx, row, due, at);
};

/** How the price of a whole period came about, for the lines of the month's invoice. */
const priceOf = (row: ServiceSubscriptionRow, { isWhole, couponCode = null }: Charge) => {
  if (!isWhole || !isOnMonthsInvoice(row)) return {};
  const { quantity, unitPrice, volumeBasisPoints, promotionBasisPoints, couponAmount } = row;
  return { quantity, unitPrice, volumeBasisPoints, promotionBasisPoints, couponCode, couponAmount };
};

/**
 * Takes money for a subscription's current period, or gives it back where negative; entries lead to the subscription. With an
 * invoice, or a credit note, unless the month's invoice covers it. Nothing to move is noted as well. The subscription is
 * written already.
 */
export const charge = async (
  tx: Tx,
  purse: Purse,
  row: ServiceSubscriptionRow,
  wish: Charge,
  at: Date,
): Promise<void> => {
  const { id: serviceSubscriptionId, organisationId, itemOrganisationId, itemId } = row;
  const { net, tax, kind, eventAt } = wish;
  const booked = net + tax > 0n ? [await take(tx, purse, row, wish, at)] : await back(tx, row, wish, at);
  purse.available -= net + tax;
  const parts: readonly Booked[] = booked.length > 0 ? booked : [{ net, tax, entryId: null, isForMonth: false }];
  await tx.db.insert(serviceCharge).values(
    parts.map(({ isForMonth, ...part }) => ({
      ...part,
      ...(isForMonth && { ...priceOf(row, wish), chargedAt: at }),
      id: newEventId(),
      organisationId,
      serviceSubscriptionId,
      itemOrganisationId,
      itemId,
      kind,
      periodStart: row.currentPeriodStart,
      periodEnd: row.currentPeriodEnd,
      currency: purse.currency,
      at: eventAt,
    })),
  );
};

/** `3 × Care`, or `Care` for one. */
export const wordsFor = (name: string, quantity: number): string => (quantity === 1 ? name : `${quantity} × ${name}`);

export const moneyWords = ({ net, tax }: Due, currency: Currency): string =>
  formatMoney({ minorUnits: net + tax, currency });
