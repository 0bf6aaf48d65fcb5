import type { Tx } from "@tollgate/kit";
import { testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { asAdministrator, system } from "../testing/arrange.js";
import { InvoiceDesk, JULY } from "../testing/invoices.js";
import { issueForCharge } from "./charges.js";
import { nextNumber } from "./numbering.js";

let desk: InvoiceDesk;

beforeAll(async () => {
  desk = await InvoiceDesk.open(inject("postgresUrl"), testTree());
  await desk.credit(desk.tree.customer, 1_000_000n);
});

afterAll(() => desk.close());

const inside = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => system(desk.billing.subgraph, work);

/** One charge with its invoice, in one transaction. */
const charge = async (fails = false): Promise<void> => {
  const { id: walletId, organisationId, currency } = await desk.wallet(desk.tree.customer);
  const entryId = await desk.use(organisationId, 1_000n, 150n, desk.time);
  await inside(async (tx) => {
    const lines = [{ kind: "SERVICE" as const, description: "Mail, one month", amount: 1_000n }];
    const rate = { country: "ZA", name: "VAT", basisPoints: 1_500, effectiveFrom: new Date("2026-01-01T00:00:00Z") };
    const period = { from: desk.time, to: desk.time };
    const charged = { organisationId, walletId, currency, period, lines, tax: { amount: 150n, rate }, entryId };
    await issueForCharge(tx, charged, desk.time);
    if (fails) throw new Error("the charge fails");
  });
};

it("counts without a gap or a double, however many issue at once and whoever of them fails", async () => {
  const storm = Array.from({ length: 48 }, (_, nth) => charge(nth % 3 === 0).catch(() => undefined));
  await Promise.all(storm);
  const rows = await desk.invoicesOf(desk.tree.customer);
  const numbers = rows.map(({ number }) => number).sort();
  expect(numbers).toEqual(Array.from({ length: 32 }, (_, nth) => `INV-2026-${`${nth + 1}`.padStart(6, "0")}`));
  expect(rows.every(({ state, total, due }) => state === "PAID" && total === 1_150n && due === 0n)).toBe(true);
});

it("begins anew each year of the issuer's calendar, for each issuer and kind of document", async () => {
  const { operator, reseller } = desk.tree;
  const numbers = await inside(async (tx) => [
    // Already the next year in Johannesburg.
    await nextNumber(tx, reseller, "INVOICE", new Date("2026-12-31T22:30:00Z")),
    await nextNumber(tx, reseller, "CREDIT_NOTE", JULY),
    await nextNumber(tx, operator, "INVOICE", JULY),
  ]);
  expect(numbers).toEqual(["INV-2027-000001", "CN-2026-000001", "INV-2026-000001"]);
});

it("lets nothing of an issued invoice change, not even by the administrator", async () => {
  const [row] = await desk.invoicesOf(desk.tree.customer);
  if (!row) throw new Error("no invoice");
  const changes = [
    "total = total + 1, subtotal = subtotal + 1",
    "number = 'INV-2026-999999'",
    "customer = '{}'",
    "state = 'ISSUED', due = 1, paid_at = null",
    "state = 'VOID', voided_at = now()",
    "due_at = due_at + interval '1 day'",
  ];
  for (const change of changes) {
    const statement = `update invoice set ${change} where id = '${row.id}'`;
    await expect(asAdministrator(desk.billing.databaseUrl, statement)).rejects.toMatchObject({ code: "CONFLICT" });
  }
  for (const statement of [
    `delete from invoice where id = '${row.id}'`,
    `insert into invoice_line (organisation_id, invoice_id, position, kind, description, amount)
       values ('${row.organisationId}', '${row.id}', 99, 'BASE', 'More', 1)`,
  ]) {
    await expect(asAdministrator(desk.billing.databaseUrl, statement)).rejects.toMatchObject({ code: "CONFLICT" });
  }
  for (const table of ["invoice_line", "credit_note", "invoice"]) {
    await expect(asAdministrator(desk.billing.databaseUrl, `truncate ${table} cascade`)).rejects.toThrow(/append-only/);
  }
  const line = `update invoice_line set amount = 1 where invoice_id = '${row.id}'`;
  await expect(asAdministrator(desk.billing.databaseUrl, line)).rejects.toThrow(/append-only/);
});

it("issues nothing whose lines do not add up", async () => {
  const { id: walletId, organisationId, currency } = await desk.wallet(desk.tree.customer);
  const draft = `insert into invoice (organisation_id, issuer_id, wallet_id, currency, kind, mode, state, period_from, period_to,
      time_zone, subtotal, tax, total, due, created_at)
    values ('${organisationId}', '${desk.tree.reseller}', '${walletId}', '${currency}', 'CHARGE', 'PREPAID', 'DRAFT', now(), now(),
      'UTC', 100, 0, 100, 0, now());
    update invoice set state = 'PAID', number = 'X', issued_at = now(), due_at = now(), paid_at = now(), issuer = '{}', customer = '{}'
     where state = 'DRAFT'`;
  await expect(asAdministrator(desk.billing.databaseUrl, draft)).rejects.toThrow(/add up/);
});
