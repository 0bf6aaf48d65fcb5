import { randomUUID } from "node:crypto";
import type { InvoiceChange } from "@tollgate/kit/protocol";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { eventOf } from "../testing/arrange.js";
import { Desk } from "../testing/desk.js";

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open(inject("postgresUrl"));
});
afterAll(() => desk.close());

const receive = (event: Parameters<Desk["messaging"]["subgraph"]["inbox"]["receive"]>[0]) =>
  desk.messaging.subgraph.inbox.receive(event);

const invoiceId = randomUUID();

const ISSUED = { what: "ISSUED" as const, number: "INV-2026-000007", amount: "R 115,00", due: "R 115,00", isDue: true };

const changed = (rest: Partial<InvoiceChange>) =>
  eventOf("invoice.changed", {
    ...{ invoiceId, organisationId: desk.tree.customer, issuerId: desk.tree.reseller, issuerName: "Hosting (Pty) Ltd" },
    ...ISSUED,
    ...{ dueAt: new Date("2026-07-15T06:00:00Z"), reason: null, at: desk.clock() },
    ...rest,
  });

/** Somebody of the customer who can be written to. */
const join = async (permission: string, locale = "en-ZA"): Promise<string> => {
  const userId = await desk.join(desk.tree.customer, [permission]);
  const name = { displayName: "Payer", email: `payer-${userId}@tollgate.example`, locale };
  await receive(eventOf("user.changed", { userId, organisationId: desk.tree.customer, ...name, status: "ACTIVE" }));
  return userId;
};

const mailsTo = (userId: string) =>
  desk.messaging.subgraph.database.system(
    "tests",
    (tx) => tx.sql<{ kind: string; facts: Record<string, string> }[]>`
      select kind, facts from mail where user_id = ${userId} order by created_at`,
  );

it.each([
  [{}, "INVOICE_ISSUED", "INFO", "Invoice INV-2026-000007", "R 115,00 are due by 15 July 2026."],
  [
    { due: "R 0,00", isDue: false },
    "INVOICE_ISSUED",
    "INFO",
    "Invoice INV-2026-000007",
    "R 115,00, paid from the wallet already.",
  ],
  [
    { what: "REMINDER", due: "R 15,00" },
    "INVOICE_REMINDER",
    "WARNING",
    "Invoice INV-2026-000007 is not paid",
    "R 15,00 of it were to be paid by 15 July 2026.",
  ],
  [
    { what: "CREDIT_NOTE", number: "CN-2026-000001", amount: "R 23,00", due: "R 92,00", reason: "Away for a day." },
    "CREDIT_NOTE",
    "INFO",
    "Credit note CN-2026-000001",
    "R 23,00 of an invoice were taken back: Away for a day. R 92,00 are still due.",
  ],
] as const)("%o is told to those who pay, once, here and by a mail", async (rest, kind, severity, title, body) => {
  const [payer, reader] = [await join("invoice:pay"), await join("invoice:read")];
  const event = changed(rest);
  await receive(event);
  await receive(event);
  expect(await desk.toldTo(payer, desk.tree.customer)).toEqual([
    { kind: "INVOICE", severity, title, body, link: `/billing/invoices/${invoiceId}` },
  ]);
  const { number, amount, due, isDue } = { ...ISSUED, ...rest };
  expect(await mailsTo(payer)).toMatchObject([
    { kind, facts: { invoiceId, number, amount, due, isDue: `${isDue}`, issuerName: "Hosting (Pty) Ltd" } },
  ]);
  expect(await desk.toldTo(reader, desk.tree.customer)).toEqual([]);
  expect(await mailsTo(reader)).toEqual([]);
});

it("names days as each one's locale writes them, by the calendar that the invoice is made by", async () => {
  const payer = await join("invoice:pay", "en-US");
  await receive(changed({ dueAt: new Date("2026-07-15T22:30:00Z") }));
  expect(await desk.toldTo(payer, desk.tree.customer)).toMatchObject([{ body: "R 115,00 are due by July 16, 2026." }]);
  expect(await mailsTo(payer)).toMatchObject([{ facts: { timeZone: "Africa/Johannesburg" } }]);
});
