import { randomUUID } from "node:crypto";
import { testTree } from "@tollgate/kit/testing";
import { extractText } from "unpdf";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { InvoiceDesk, JULY } from "../testing/invoices.js";
import type { DocumentModel } from "./document-model.js";
import { renderDocument } from "./render.js";

const HOUR = 3_600_000;
let desk: InvoiceDesk;

beforeAll(async () => {
  desk = await InvoiceDesk.open(inject("postgresUrl"), testTree());
});

afterAll(() => desk.close());

/** The text of each page; spaces that locales do not break at are spaces. */
const textsOf = async (pdf: Uint8Array): Promise<string[]> => {
  const { text } = await extractText(new Uint8Array(pdf));
  return text.map((page) => page.replaceAll(/\s+/g, " "));
};

const model = (rows: number): DocumentModel => ({
  title: "Tax invoice",
  number: "INV-2026-000042",
  mark: "Paid",
  locale: "en-ZA",
  createdAt: JULY,
  issuer: { title: "From", name: "Karoo Cloud (Pty) Ltd", lines: ["1 Long Street", "VAT no. 4012345678"] },
  customer: { title: "To", name: "Żółw & Сыновья", lines: [] },
  facts: [{ label: "Issued", value: "1 July 2026" }],
  columns: [
    { title: "Description", align: "left", share: 0.7 },
    { title: "Amount", align: "right", share: 0.3 },
  ],
  rows: Array.from({ length: rows }, (_, nth) => ({ cells: [`Line ${nth + 1}.`, "R 1,00"] })),
  totals: [{ label: "Total", value: `R ${rows},00`, isTotal: true }],
  notes: ["Thank you."],
});

it("draws what the model says, on as many pages as it takes, each with its heading and number", async () => {
  const pdf = await renderDocument(model(100));
  const pages = await textsOf(pdf);
  expect(pages).toHaveLength(3);
  expect(pages[0]).toContain("Karoo Cloud (Pty) Ltd");
  expect(pages[0]).toContain("Żółw & Сыновья");
  for (const [nth, page] of pages.entries()) expect(page).toContain(`${nth + 1} / 3`);
  const all = pages.join(" ");
  for (let nth = 1; nth <= 100; nth += 1) expect(all).toContain(`Line ${nth}.`);
  expect(pages[2]).toContain("Total R 100,00");
  // The same document is the same file, whenever it is drawn.
  expect(Buffer.from(await renderDocument(model(100))).equals(Buffer.from(pdf))).toBe(true);
});

it("makes an invoice that a bookkeeper takes: both sides, number, dates, lines, tax, total", async () => {
  const { customer, reseller } = desk.tree;
  const details = {
    legalName: "Karoo Cloud (Pty) Ltd",
    address: "1 Long Street, Cape Town, 8001",
    taxNumber: "4012345678",
  };
  for (const [key, value] of Object.entries(details)) {
    await desk.setting(reseller, `billing.${key}` as "billing.legalName", value); // one of the three
  }
  await desk.setting(customer, "billing.legalName", "Rooibos Trading CC");
  await desk.credit(customer, 50_000n);
  await desk.machine(customer, new Date(JULY.getTime() - 10 * HOUR), 10);
  await desk.use(customer, 2_000n, 300n, new Date(JULY.getTime() - HOUR));
  await desk.run();
  const { id } = await desk.invoiceOf(customer);
  const seen = await desk.seen(id, desk.payer());
  expect(seen?.lines?.find(({ description }) => description === "web: vCPU")).toMatchObject({
    explanation: { hours: "10", entries: expect.arrayContaining([{ id: expect.any(String) }]) },
  });
  const { status, body } = await desk.opened(seen?.pdf?.url ?? "");
  expect(status).toBe(200);
  const [page = ""] = await textsOf(body);
  for (const words of [
    "Tax invoice",
    "INV-2026-000001",
    "Paid",
    "Karoo Cloud (Pty) Ltd",
    "Cape Town",
    "VAT no. 4012345678",
    "Rooibos Trading CC",
    "1 July 2026",
    "30 June 2026",
    "Machine web",
    "10 vCPU hours",
    "VAT, 15 %",
    "Total",
  ]) {
    expect(page).toContain(words);
  }
  // A customer that gave no number of its own has none: least of all the reseller's.
  expect(page.match(/4012345678/g)).toHaveLength(1);
});

it("is opened by the link that was given out, for some minutes, and by no other", async () => {
  const { customer } = desk.tree;
  const { id } = await desk.invoiceOf(customer);
  const url = new URL((await desk.seen(id, desk.payer()))?.pdf?.url ?? "");
  const bent = new URL(url);
  bent.searchParams.set("id", randomUUID());
  expect((await desk.opened(bent.toString())).status).toBe(403);
  desk.time = new Date(desk.time.getTime() + 5 * 60_000);
  expect((await desk.opened(url.toString())).status).toBe(403);
});
