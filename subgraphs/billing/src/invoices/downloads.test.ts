import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { type requestCaller, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { asAdministrator, system } from "../testing/arrange.js";
import { InvoiceDesk, JULY, JUNE } from "../testing/invoices.js";

const DOWNLOAD = `query ($format: DownloadFormat!, $filter: InvoiceFilter) {
  invoicesDownload(format: $format, filter: $filter) { url contentType expiresAt } }`;
const tree = testTree();
let desk: InvoiceDesk;

beforeAll(async () => {
  desk = await InvoiceDesk.open(inject("postgresUrl"), tree);
  await desk.setting(tree.customer, "billing.legalName", '=cmd|"/c calc"');
  await desk.invoiced(tree.sibling, 100_000n, new Date("2026-05-01T00:00:00Z"));
  for (const id of [tree.customer, tree.sibling, tree.otherCustomer]) {
    await desk.credit(id, 50_000n);
    await desk.use(id, 10_000n, 1_500n, new Date(JULY.getTime() - 3_600_000));
  }
  await desk.run();
});
afterAll(() => desk.close());

const link = async (as: ReturnType<typeof requestCaller>, format = "CSV", filter: object = {}): Promise<URL> => {
  const { data, errors } = await desk.billing.execute(DOWNLOAD, { format, filter }, as);
  if (!data?.["invoicesDownload"]) throw new Error(String(errors?.[0]?.extensions?.["code"]));
  return new URL((data["invoicesDownload"] as { url: string }).url); // as asked for
};

const open = async (url: URL) => {
  const { status, headers, body } = await desk.answer(url);
  return { status, headers, text: await text(body instanceof Readable ? body : Readable.from([body])) };
};

const rowsOf = async (as: ReturnType<typeof requestCaller>, filter: object = {}) => {
  const { text: lines } = await open(await link(as, "JSON_LINES", filter));
  return lines
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, string>);
};

it("is CSV with decimals and both names, in which nothing becomes a formula, named after the day", async () => {
  const { headers, text: csv } = await open(await link(desk.issuer(), "CSV", { organisationId: tree.customer }));
  expect(headers).toMatchObject({
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": 'attachment; filename="invoices-2026-07-01.csv"',
  });
  const [head, first, ...rest] = csv.trim().split("\r\n");
  expect(head).toBe(
    "id,number,state,issuer,customer,organisationId,periodFrom,periodTo,currency,subtotal,tax,total,amountDue,credited,issuedAt,dueAt,paidAt",
  );
  expect(first).toContain(`"'=cmd|""/c calc""",${tree.customer},${JUNE.toISOString()},${JULY.toISOString()},ZAR,`);
  expect(first).toContain(",100.00,15.00,115.00,0.00,0.00,");
  expect(rest).toEqual([]);
});

it("has what the list's filter finds, of the estate alone, and drafts for those who issue them", async () => {
  const numbers = async (...asked: Parameters<typeof rowsOf>) => (await rowsOf(...asked)).map(({ number }) => number);
  expect(await numbers(desk.issuer())).toHaveLength(2);
  expect(await rowsOf(desk.issuer(), { state: ["ISSUED"] })).toMatchObject([
    { organisationId: tree.sibling, state: "ISSUED", total: "115.00", amountDue: "115.00" },
  ]);
  expect(await numbers(desk.issuer(), { period: { from: JULY.toISOString(), to: "2027-01-01T00:00:00Z" } })).toEqual(
    [],
  );
  expect(await rowsOf(desk.payer(tree.otherCustomer))).toMatchObject([{ organisationId: tree.otherCustomer }]);
  desk.time = new Date("2026-08-01T06:00:00Z");
  expect(await rowsOf(desk.issuer(), { state: ["OVERDUE"] })).toMatchObject([{ state: "OVERDUE" }]);
  desk.time = new Date("2026-07-01T06:00:00Z");
});

it("is whole however long, and each invoice is in it once", async () => {
  const { id: walletId, organisationId } = await desk.wallet(tree.customer);
  await asAdministrator(
    desk.billing.databaseUrl,
    `insert into invoice (organisation_id, issuer_id, wallet_id, currency, kind, mode, state, period_from, period_to,
        time_zone, subtotal, tax, total, due, created_at)
      select '${organisationId}', '${tree.reseller}', '${walletId}', 'ZAR', 'CHARGE', 'PREPAID', 'DRAFT', t, t, 'UTC', n, 0, n, 0, t
        from generate_series(1, 4500) n, lateral (select timestamptz '2026-06-01' + interval '1 hour' * (n / 100) as t) t`,
  );
  const ids = (await rowsOf(desk.issuer(), { state: ["DRAFT"] })).map(({ id }) => id);
  expect(ids).toHaveLength(4_500);
  expect(new Set(ids).size).toBe(4_500);
  expect(await rowsOf(desk.payer(), { state: ["DRAFT"] })).toEqual([]);
});

it("is refused by a link that was changed, without the permission, and for organisations of others; and is in the trail", async () => {
  const forged = await link(desk.payer());
  const ticket = Buffer.from(forged.searchParams.get("ticket") ?? "", "base64url").toString("utf8");
  forged.searchParams.set("ticket", Buffer.from(ticket.replace(tree.customer, tree.operator)).toString("base64url"));
  expect((await open(forged)).status).toBe(403);
  // A link to another list, signed as such, opens none of this one.
  const transactions = await link(desk.payer());
  transactions.pathname = "/files/transactions";
  expect((await open(transactions)).status).toBe(403);
  await expect(link(desk.payer(tree.customer, ["invoice:pay"]))).rejects.toThrow("FORBIDDEN");
  await expect(link(desk.payer(), "CSV", { organisationId: tree.sibling })).rejects.toThrow("NOT_FOUND");
  await expect(link(desk.payer(), "CSV", { organisationId: randomUUID() })).rejects.toThrow("NOT_FOUND");
  const backwards = { period: { from: JULY.toISOString(), to: JUNE.toISOString() } };
  await expect(link(desk.payer(), "CSV", backwards)).rejects.toThrow("INVALID_INPUT");
  const recorded = await system(
    desk.billing.subgraph,
    (tx) => tx.sql<{ payload: { after: object; organisationId: string } }[]>`
      select payload from outbox where type = 'audit.recorded' and payload ->> 'resource' = 'invoices' order by id limit 1`,
  );
  expect(recorded[0]?.payload).toMatchObject({
    organisationId: tree.customer,
    after: { format: "CSV", filter: { organisationId: tree.customer } },
  });
});
