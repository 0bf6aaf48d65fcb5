import { type Currency, formatMoney, type Money, newEventId, type Tx } from "@tollgate/kit";
import { issueForCharge } from "../invoices/charges.js";
import type { NewLine } from "../invoices/drafting.js";
import { type Leg, postEntry } from "../ledger/ledger.js";
import { InsufficientFundsFault } from "../orders/order.problems.js";
import type { TaxRateRow } from "../tax/tax.schema.js";
import { giveBack } from "./crediting.js";
import type { Due } from "./period.js";
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

/** Money from a wallet for what is sold. */
export const saleLegs = (walletId: string, { net, tax }: Due): Leg[] => {
  const legs: Leg[] = [
    { walletId, account: "WALLET", amount: -(net + tax) },
    { walletId, account: "REVENUE", amount: net },
    { walletId, account: "TAX", amount: tax },
  ];
  return legs.filter(({ amount }) => amount !== 0n);
};

export interface Charge extends Due {
  kind: "START" | "RENEWAL" | "CHANGE";
  /** For the account statement. */
  description: string;
  /** For the invoice; they add up to `net`. */
  lines: readonly NewLine[];
  /** Which `tax` was worked out by. */
  rate: TaxRateRow | null;
  /** When it happened. */
  eventAt: Date;
}

/** @returns the entry's id. */
const take = async (tx: Tx, purse: Purse, row: ServiceSubscriptionRow, wish: Charge, at: Date): Promise<string> => {
  const { organisationId, id: serviceSubscriptionId, currentPeriodStart: from, currentPeriodEnd: to } = row;
  const { walletId, currency } = purse;
  const { description, eventAt, lines, rate, tax } = wish;
  requireFunds(purse, wish.net + tax);
  const reason = { kind: "SERVICE_SUBSCRIPTION" as const, id: serviceSubscriptionId };
  const legs = saleLegs(walletId, wish);
  const entryId = await postEntry(tx, { organisationId, kind: "SERVICE", description, eventAt, reason, legs });
  const document = { organisationId, walletId, currency, period: { from, to }, lines, entryId, serviceSubscriptionId };
  await issueForCharge(tx, { ...document, tax: rate && { amount: tax, rate } }, at);
  return entryId;
};

/**
 * Takes money for a subscription's current period, with its invoice, or gives it back where negative, with a credit note; an
 * entry leads to the subscription. Nothing to move is noted as well. The subscription is written already.
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
  const total = net + tax;
  const entryId =
    total > 0n
      ? await take(tx, purse, row, wish, at)
      : await giveBack(tx, row, { net: -net, tax: -tax, reason: wish.description }, at);
  purse.available -= total;
  await tx.db.insert(serviceCharge).values({
    id: newEventId(),
    organisationId,
    serviceSubscriptionId,
    itemOrganisationId,
    itemId,
    kind,
    periodStart: row.currentPeriodStart,
    periodEnd: row.currentPeriodEnd,
    net,
    tax,
    currency: purse.currency,
    entryId,
    at: eventAt,
  });
};

/** `3 × Care`, or `Care` for one. */
export const wordsFor = (name: string, quantity: number): string => (quantity === 1 ? name : `${quantity} × ${name}`);

export const moneyWords = ({ net, tax }: Due, currency: Currency): string =>
  formatMoney({ minorUnits: net + tax, currency });
