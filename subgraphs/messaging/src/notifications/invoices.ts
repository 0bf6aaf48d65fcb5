import type { EventHandler } from "@tollgate/kit";
import type { InvoiceChange, MailKind } from "@tollgate/kit/protocol";
import { mailPeople } from "../mail/mail-people.js";
import { type Times, timeZoneOf } from "../mail/times.js";
import { membersHolding } from "../people/people.js";
import { type Notice, notifyOfTimes } from "./notifications.js";

type Words = Pick<Notice, "severity" | "title" | "body">;

const KINDS: Readonly<Record<InvoiceChange["what"], MailKind>> = {
  ISSUED: "INVOICE_ISSUED",
  REMINDER: "INVOICE_REMINDER",
  CREDIT_NOTE: "CREDIT_NOTE",
};

const wordsOf = ({ what, number, amount, due, isDue, dueAt, reason }: InvoiceChange, { day }: Times): Words => {
  const until = dueAt ? day(dueAt) : "";
  if (what === "REMINDER") {
    const body = `${due} of it were to be paid by ${until}.`;
    return { severity: "WARNING", title: `Invoice ${number} is not paid`, body };
  }
  if (what === "CREDIT_NOTE") {
    const body = `${amount} of an invoice were taken back: ${reason ?? ""} ${isDue ? `${due} are still due.` : ""}`;
    return { severity: "INFO", title: `Credit note ${number}`, body: body.trim() };
  }
  const body = isDue ? `${due} are due by ${until}.` : `${amount}, paid from the wallet already.`;
  return { severity: "INFO", title: `Invoice ${number}`, body };
};

/** Those who pay for an organisation are told of its invoices, by mail as well. */
const invoiceChanged =
  (clock: () => Date): EventHandler =>
  async (tx, event) => {
    const invoice = event.payload as InvoiceChange; // the catalogue's type for this event
    const { invoiceId, organisationId, what, number, amount, due, isDue, dueAt, issuerName, reason } = invoice;
    const payers = await membersHolding(tx, organisationId, ["invoice:pay"]);
    const about = { kind: "INVOICE", subjectOrganisationId: organisationId, at: event.occurredAt } as const;
    const link = `/billing/invoices/${invoiceId}`;
    const timeZone = await timeZoneOf(tx, organisationId);
    const write = (times: Times): Notice => ({ ...about, ...wordsOf(invoice, times), link });
    await notifyOfTimes(tx, payers, { timeZone, write }, event.id);
    const facts = { invoiceId, number, amount, due, issuerName, reason: reason ?? "", isDue: `${isDue}` };
    const dated = { ...facts, dueAt: dueAt?.toISOString() ?? "", timeZone };
    const eventId = event.id;
    await mailPeople(tx, { eventId, organisationId, kind: KINDS[what], facts: dated }, payers, clock());
  };

/** What people are told of invoices. @param clock of when mails are sent. */
export const invoiceHandlers = (clock: () => Date): Readonly<Record<string, EventHandler>> => ({
  "invoice.changed": invoiceChanged(clock),
});
