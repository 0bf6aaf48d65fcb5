import { randomUUID } from "node:crypto";
import { type Caller, countStatements } from "@tollgate/kit";
import type { TenancyChange } from "@tollgate/kit/protocol";
import { type TestTree, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { verifyLedger } from "../ledger/verify.js";
import { asAdministrator, system } from "../testing/arrange.js";
import { InvoiceDesk, JULY, JUNE } from "../testing/invoices.js";
import { invoiceMonthOf } from "./monthly.js";

/** More than are billed in one transaction. */
const CUSTOMERS = 55;
const tree = testTree();
const customers = Array.from({ length: CUSTOMERS }, () => randomUUID()).sort();
const [unlucky = ""] = customers.slice(30);
let desk: InvoiceDesk;

/** Statements are counted of people alone. */
const operator: Caller = {
  kind: "USER",
  userId: randomUUID(),
  sessionId: randomUUID(),
  organisationId: tree.operator,
  permissions: new Set(["invoice:manage"]),
  requestId: randomUUID(),
  address: "127.0.0.1",
  userAgent: "tests",
  locale: null,
  deadline: null,
  narrowedOrganisationId: null,
  minimumTenancyVersion: null,
};

/** The reseller has many customers beside its own two. */
const grown: TestTree = {
  ...tree,
  source: {
    changes: async (after) => {
      const path = `/${tree.operator}/${tree.reseller}`;
      const all = [
        ...(await tree.source.changes("0")),
        ...customers.map(
          (organisationId, nth): TenancyChange => ({
            ...{ organisationId, parentId: tree.reseller, path: `${path}/${organisationId}/`, kind: "CUSTOMER" },
            ...{ status: "ACTIVE", version: `${100 + nth}` },
          }),
        ),
      ];
      return all.filter(({ version }) => BigInt(version) > BigInt(after));
    },
  },
};

const inside = <T>(work: Parameters<typeof system<T>>[1]): Promise<T> => system(desk.billing.subgraph, work);

/** A charge of each wallet, of everybody below the operator, in a month. */
const charge = (until: Date) =>
  asAdministrator(
    desk.billing.databaseUrl,
    `select post_entry(uuidv7(), w.organisation_id, 'TOP_UP', 'Transfer', '${JUNE.toISOString()}', null,
        array[w.id, w.id], array['PROVIDER_CLEARING', 'WALLET'], array[-1150, 1150]::bigint[]),
       post_entry(uuidv7(), w.organisation_id, 'USAGE', 'Use', '${until.toISOString()}', null,
        array[w.id, w.id, w.id], array['WALLET', 'REVENUE', 'TAX'], array[-1150, 1000, 150]::bigint[]) from wallet w`,
  );

beforeAll(async () => {
  desk = await InvoiceDesk.open(inject("postgresUrl"), grown);
  await desk.invoiced(tree.customer, 100_000n, new Date("2026-05-01T00:00:00Z"));
  await charge(new Date(JULY.getTime() - 3_600_000));
});
afterAll(() => desk.close());

const numbered = (issuerId: string) =>
  inside(
    (tx) => tx.sql<{ organisation_id: string; number: string }[]>`
      select organisation_id, number from invoice where issuer_id = ${issuerId} order by number`,
  );

it("numbers by issuer in the order of organisations, and one that cannot be billed holds up no other", async () => {
  const forbid = `alter table invoice add constraint never check (organisation_id <> '${unlucky}')`;
  await asAdministrator(desk.billing.databaseUrl, forbid);
  const all = [tree.customer, tree.sibling, ...customers].sort();
  const others = all.filter((id) => id !== unlucky);
  const run = await desk.run();
  expect(run).toMatchObject({ invoiced: others.length + 3, failed: 1, skipped: 0 });
  expect(run.failures).toEqual([{ organisationId: unlucky, problem: expect.stringContaining("tried again") }]);
  const rows = await numbered(tree.reseller);
  expect(rows.map((row) => row.organisation_id)).toEqual(others);
  expect(rows.map((row) => row.number)).toEqual(others.map((_, nth) => `INV-2026-${`${nth + 1}`.padStart(6, "0")}`));
  expect(await numbered(tree.operator)).toHaveLength(2);
  await asAdministrator(desk.billing.databaseUrl, "alter table invoice drop constraint never");
  expect(await desk.run()).toMatchObject({ invoiced: 1, failed: 0 });
  expect((await desk.invoiceOf(unlucky)).number).toBe(`INV-2026-${`${all.length}`.padStart(6, "0")}`);
  expect((await inside(verifyLedger)).findings).toEqual([]);
}, 60_000);

it("records each invoice, and tells of each", async () => {
  const rows = await inside(
    (tx) => tx.sql<{ type: string; count: bigint }[]>`
      select type, count(distinct organisation_id) as count from outbox
       where type = 'invoice.changed' or (type = 'audit.recorded' and payload ->> 'action' = 'invoice:issue')
       group by type order by type`,
  );
  const everybody = BigInt(CUSTOMERS + 5);
  expect(rows.map(({ type, count }) => [type, count])).toEqual([
    ["audit.recorded", everybody],
    ["invoice.changed", everybody],
  ]);
});

it("takes as many statements for one organisation as for many, of which two pay by invoice", async () => {
  const august = new Date("2026-08-01T06:00:00Z");
  for (const id of customers.slice(40, 42)) await desk.invoiced(id, 100_000n, new Date("2026-07-02T00:00:00Z"));
  await charge(new Date("2026-07-31T21:00:00Z"));
  const statements = (organisationIds: readonly string[]) =>
    countStatements(async () => {
      const below = { issuerId: tree.reseller, organisationIds };
      const { made } = await desk.database.write(operator, (tx) => invoiceMonthOf(tx, below, "2026-07", august));
      expect(made).toHaveLength(organisationIds.length);
    });
  const one = await statements([tree.customer]);
  const many = await statements(customers.slice(20, 50));
  expect(many.length).toBe(one.length);
  expect(one.length).toBeLessThan(32);
});
