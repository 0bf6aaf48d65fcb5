import { isDay, isId } from "../filters/address.js";
import { daysAsPeriod } from "../format/day-start.js";
import { readAmount } from "../format/money-entry.js";
import type { LedgerEntryKind, TransactionFilter } from "../gql/graphql.js";

/** Of the wallet's page: which transactions are listed; all when left out. */
export interface WalletSearch {
  kind?: TransactionGroup;
  /** Part of the description. */
  find?: string;
  /** Days such as 2026-01-31; `to` is included. */
  from?: string;
  to?: string;
  /** Amounts as they were typed; what leaves the wallet is negative. */
  least?: string;
  most?: string;
  /** The top-up that one comes back from paying. */
  topUp?: string;
  /** Of the wallet; the organisation's main one when left out. */
  currency?: string;
}

const LONGEST_TEXT = 200;
const LONGEST_AMOUNT = 24;

/** Kinds of entries as people ask for them. */
const GROUPS = {
  "top-ups": ["TOP_UP", "REFUND", "CHARGEBACK"],
  orders: ["HOLD", "CAPTURE", "RELEASE"],
  usage: ["USAGE", "SERVICE"],
  other: ["INVOICE_PAYMENT", "CREDIT_NOTE", "PROMOTION", "ADJUSTMENT", "WRITE_OFF"],
} as const satisfies Record<string, readonly LedgerEntryKind[]>;

export type TransactionGroup = keyof typeof GROUPS;

/** Reads an address; what it does not understand is left out. */
export function parseWalletSearch(search: Record<string, unknown>): WalletSearch {
  const { kind, topUp, currency } = search;
  const text = (key: string, longest: number): string | undefined => {
    const value = search[key];
    const words = typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
    return words === "" || words.length > longest ? undefined : words;
  };
  const day = (key: string): string | undefined => {
    const value = text(key, LONGEST_AMOUNT);
    return value !== undefined && isDay(value) ? value : undefined;
  };
  const found: WalletSearch = {
    ...(typeof kind === "string" && Object.hasOwn(GROUPS, kind) && { kind: kind as TransactionGroup }), // a key of GROUPS
    ...(typeof topUp === "string" && isId(topUp) && { topUp }),
    ...(typeof currency === "string" && /^[A-Z]{3}$/.test(currency) && { currency }),
  };
  const rest = {
    find: text("find", LONGEST_TEXT),
    from: day("from"),
    to: day("to"),
    least: text("least", LONGEST_AMOUNT),
    most: text("most", LONGEST_AMOUNT),
  };
  return { ...found, ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) };
}

export function kindsOf(group: TransactionGroup): LedgerEntryKind[] {
  return [...GROUPS[group]];
}

/** An amount that may be negative, as people of the locale write it; null where it is none. */
export function readSignedAmount(typed: string, currency: string, locale: string | undefined): string | null {
  const [, sign = "", rest = ""] = /^\s*([-−–]?)(.*)$/u.exec(typed) ?? [];
  const { minorUnits } = readAmount(rest, currency, locale);
  return minorUnits === null || sign === "" || minorUnits === "0" ? minorUnits : `-${minorUnits}`;
}

interface Reader {
  currency: string;
  locale: string | undefined;
  timeZone: string;
}

/** The question to the graph that an address stands for; null asks for everything. */
export function filterOf(search: WalletSearch, { currency, locale, timeZone }: Reader): TransactionFilter | null {
  const { kind, find, from, to, least, most } = search;
  const amount = (typed: string | undefined) => {
    const minorUnits = typed === undefined ? null : readSignedAmount(typed, currency, locale);
    return minorUnits === null ? null : { minorUnits, currency };
  };
  const [period, minimum, maximum] = [daysAsPeriod(from, to, timeZone), amount(least), amount(most)];
  const filter: TransactionFilter = {
    ...(kind && { kind: kindsOf(kind) }),
    ...(find && { search: find }),
    ...(period && { period }),
    ...(minimum && { minimum }),
    ...(maximum && { maximum }),
  };
  return Object.keys(filter).length > 0 ? filter : null;
}

/** Whether an address asks for less than everything. */
export function isFiltered({ topUp: _topUp, currency: _currency, ...rest }: WalletSearch): boolean {
  return Object.keys(rest).length > 0;
}
