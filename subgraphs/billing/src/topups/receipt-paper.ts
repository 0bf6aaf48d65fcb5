import { type Currency, formatMoney, readSetting, type Tx } from "@tollgate/kit";
import { and, asc, eq, ne } from "drizzle-orm";
import { partiesOf, shownParty } from "../invoices/parties.js";
import type { DocumentColumn, DocumentModel } from "../pdf/document-model.js";
import { type RefundRow, refund } from "./refund.schema.js";
import { type Provider, type TopUpRow, type TopUpState, topUp } from "./topup.schema.js";

const LOCALE = "en-ZA";

/** Symbols are of several currencies; its code is of one. */
const columnsIn = (currency: Currency): readonly DocumentColumn[] => [
  { title: "Date", align: "left", share: 0.28 },
  { title: "Description", align: "left", share: 0.52 },
  { title: `Amount in ${currency}`, align: "right", share: 0.2 },
];

const WAYS: Readonly<Record<Provider, string>> = {
  PAYSTACK: "Paystack",
  PAYGATE: "PayGate",
  MIDTRANS: "Midtrans",
  STRIPE: "Stripe",
  MANUAL: "Bank transfer",
};

const MARKS: Partial<Record<TopUpState, string>> = { REFUNDED: "Refunded", CHARGED_BACK: "Charged back" };

/** Who is paid: the organisation above, as on invoices; the platform's own payments are its own. */
const payeeOf = async (tx: Tx, organisationId: string): Promise<string> => {
  const [place] = await tx.sql<{ parent_id: string | null }[]>`
    select parent_id from tenancy where organisation_id = ${organisationId}`;
  return place?.parent_id ?? organisationId;
};

interface Words {
  time: (at: Date) => string;
  money: (minorUnits: bigint) => string;
}

const rowsOf = (row: TopUpRow, refunds: readonly RefundRow[], { time, money }: Words): DocumentModel["rows"] => {
  const { settledAt, createdAt, provider, amount, bonus, bonusReturned, couponCode, chargedBack } = row;
  const paidAt = time(settledAt ?? createdAt);
  const line = (...cells: string[]) => ({ cells });
  return [
    line(paidAt, `Payment by ${WAYS[provider]}`, money(amount)),
    ...(bonus > 0n ? [line(paidAt, `Added by the coupon ${couponCode}`, money(bonus))] : []),
    ...refunds.map((one) => line(time(one.createdAt), `Refund: ${one.reason}`, money(-one.amount))),
    ...(chargedBack > 0n ? [line("", "Taken back by the bank", money(-chargedBack))] : []),
    ...(bonusReturned > 0n ? [line("", "Part of the coupon that went with it", money(-bonusReturned))] : []),
  ];
};

/** The receipt of a payment that was credited, with what went back since. Null where there is none. */
export const receiptPaper = async (tx: Tx, id: string): Promise<DocumentModel | null> => {
  const [row] = await tx.db.select().from(topUp).where(eq(topUp.id, id));
  if (!row?.entryId) return null;
  const stands = and(eq(refund.topUpId, id), ne(refund.state, "FAILED"));
  const refunds = await tx.db.select().from(refund).where(stands).orderBy(asc(refund.createdAt), asc(refund.id));
  const { organisationId, reference, currency, paymentReference, bankReference } = row;
  const { issuer, customer } = await partiesOf(tx, await payeeOf(tx, organisationId), organisationId);
  const timeZone = await readSetting(tx, "billing.timeZone", organisationId);
  const format = new Intl.DateTimeFormat(LOCALE, { dateStyle: "long", timeStyle: "short", timeZone });
  const words: Words = {
    time: (at) => format.format(at),
    money: (minorUnits) => formatMoney({ minorUnits, currency }, LOCALE),
  };
  const theirs = bankReference ?? paymentReference;
  const back = row.refunded + row.chargedBack + row.bonusReturned;
  return {
    title: "Receipt",
    number: reference,
    mark: MARKS[row.state] ?? "Paid",
    locale: LOCALE,
    createdAt: row.settledAt ?? row.createdAt,
    issuer: shownParty("Paid to", issuer),
    customer: shownParty("Paid by", customer),
    facts: [
      { label: "Our reference", value: reference },
      ...(theirs === null ? [] : [{ label: `Reference of ${WAYS[row.provider]}`, value: theirs }]),
      { label: "Paid", value: words.time(row.settledAt ?? row.createdAt) },
    ],
    columns: columnsIn(currency),
    rows: rowsOf(row, refunds, words),
    totals: [
      { label: "Added to the wallet", value: words.money(row.amount + row.bonus) },
      ...(back > 0n ? [{ label: "Went back", value: words.money(-back) }] : []),
      { label: "Stays in the wallet's books", value: words.money(row.amount + row.bonus - back), isTotal: true },
    ],
    notes: [
      "Money paid in ahead of use. Tax is charged with what is used, and stands on the invoice for it: this receipt is no tax invoice.",
    ],
  };
};
