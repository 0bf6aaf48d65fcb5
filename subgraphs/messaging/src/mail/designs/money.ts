import type { Design, Letter } from "../letter.js";

const invoicePage = ({ fact }: Letter) => ({
  label: "Look at the invoice",
  path: `/billing/invoices/${fact("invoiceId", "")}`,
});

const UNKNOWN_INVOICE = "If you do not know of this invoice, tell whoever manages your organisation.";

/** Mails about top-ups and invoices. */
export const MONEY_DESIGNS = {
  TOP_UP: {
    secret: null,
    write: ({ fact }) => ({
      subject: fact("title", "Your top-up"),
      happened: [fact("body", "Something became of your top-up.")],
      action: { label: "Look at the wallet", path: "/wallet" },
      terms: [],
      otherwise: "If you do not know of this payment, tell whoever manages your organisation.",
    }),
  },
  INVOICE_ISSUED: {
    secret: null,
    write: (letter) => ({
      subject: `Invoice ${letter.fact("number", "")}`,
      happened: [
        `${letter.fact("issuerName", "Your provider")} sent you an invoice of ${letter.fact("amount", "an amount")}.`,
      ],
      action: invoicePage(letter),
      terms: [
        letter.fact("isDue", "") === "true"
          ? `${letter.fact("due", "It")} are due by ${letter.day("dueAt")}.`
          : "It is paid already; there is nothing to do.",
      ],
      otherwise: UNKNOWN_INVOICE,
    }),
  },
  INVOICE_REMINDER: {
    secret: null,
    write: (letter) => ({
      subject: `Reminder: invoice ${letter.fact("number", "")} is not paid`,
      happened: [
        `${letter.fact("due", "The amount")} of invoice ${letter.fact("number", "")} by ${letter.fact("issuerName", "your provider")} were to be paid by ${letter.day("dueAt")}.`,
      ],
      action: invoicePage(letter),
      terms: ["If you have paid in the meantime, there is nothing to do."],
      otherwise: UNKNOWN_INVOICE,
    }),
  },
  CREDIT_NOTE: {
    secret: null,
    write: (letter) => ({
      subject: `Credit note ${letter.fact("number", "")}`,
      happened: [
        `${letter.fact("issuerName", "Your provider")} took back ${letter.fact("amount", "a part")} of an invoice.`,
        `The reason given: ${letter.fact("reason", "none")}`,
      ],
      action: invoicePage(letter),
      terms: [
        letter.fact("isDue", "") === "true"
          ? `${letter.fact("due", "The rest")} of the invoice are still due.`
          : "Nothing more of the invoice is due; what was paid too much is in the wallet.",
      ],
      otherwise: UNKNOWN_INVOICE,
    }),
  },
} satisfies Record<string, Design>;
