import type { MailKind } from "@tollgate/kit/protocol";
import { expect, it } from "vitest";
import type { Mail } from "./mail.schema.js";
import { writeMail } from "./text.js";

const at = new Date("2026-07-01T12:00:00Z");
const URL_OF_IT = "https://cloud.example/toll";
const INVOICE = "01900000-0000-7000-8000-000000000007";

const FACTS = {
  invoiceId: INVOICE,
  number: "INV-2026-000007",
  amount: "R 115,00",
  due: "R 92,00",
  isDue: "true",
  dueAt: "2026-07-15T06:00:00.000Z",
  issuerName: "Hosting (Pty) Ltd",
  reason: "",
};

const write = (kind: MailKind, facts: object = {}) => {
  const mail: Mail = {
    ...{ id: "00000000-0000-7000-8000-000000000001", organisationId: "00000000-0000-7000-8000-000000000002" },
    ...{ userId: null, kind, recipient: "thandi@example.com", displayName: "Thandi", locale: "en-ZA", expiresAt: null },
    ...{ facts: { ...FACTS, ...facts }, sealed: null, state: "QUEUED", attempts: 1, nextAttemptAt: at },
    ...{ leasedUntil: null, error: null, createdAt: at, sentAt: null },
  };
  return writeMail(mail, null, at, URL_OF_IT);
};

it.each([
  ["INVOICE_ISSUED", {}, "Invoice INV-2026-000007", ["Hosting (Pty) Ltd", "R 115,00", "R 92,00 are due by", "15 July"]],
  ["INVOICE_ISSUED", { isDue: "false", due: "R 0,00" }, "Invoice INV-2026-000007", ["R 115,00", "paid already"]],
  ["INVOICE_REMINDER", {}, "Reminder: invoice INV-2026-000007 is not paid", ["R 92,00 of invoice", "15 July"]],
  [
    "CREDIT_NOTE",
    { number: "CN-2026-000001", reason: "Away for a day" },
    "Credit note CN-2026-000001",
    ["took back R 115,00", "Away for a day", "R 92,00 of the invoice are still due"],
  ],
  ["CREDIT_NOTE", { isDue: "false" }, "Credit note INV-2026-000007", ["Nothing more of the invoice is due"]],
] as const)("%s %o says what is to be paid until when, and leads to the invoice", (kind, facts, subject, words) => {
  const mail = write(kind, facts);
  expect(mail.subject).toBe(subject);
  for (const word of words) expect(mail.text).toContain(word);
  expect(mail.link).toBe(`${URL_OF_IT}/billing/invoices/${INVOICE}`);
});

it("does not say of what is paid that it is due, and makes no link of a reason", () => {
  expect(write("INVOICE_ISSUED", { isDue: "false" }).text).not.toContain("due by");
  expect(write("CREDIT_NOTE", { reason: "<b>x</b> https://evil.example/x" }).text).not.toContain("https://evil");
});

it("names the day to pay by on the calendar that the invoice is made by", () => {
  const dueAt = "2026-07-15T22:30:00.000Z";
  expect(write("INVOICE_ISSUED", { dueAt, timeZone: "Africa/Johannesburg" }).text).toContain("16 July 2026");
  expect(write("INVOICE_ISSUED", { dueAt }).text).toContain("15 July 2026");
});
