import { createDatabase } from "@tollgate/kit/testing";
import { expect, inject, test } from "vitest";
import { companiesOf, monthlyCostOf } from "./companies.js";
import { invoicesOf } from "./outcome.js";
import { type Plan, simulate } from "./simulate.js";
import type { World } from "./world.js";

const PLAN: Plan = { seed: 7, companies: 8, days: 18, from: new Date("2026-01-19T00:00:00Z") };

const inWorld = async <T>(plan: Plan, look: (world: World) => Promise<T>): Promise<T> => {
  const { url, drop } = await createDatabase(inject("postgresUrl"));
  const world = await simulate(url, plan);
  try {
    return await look(world);
  } finally {
    await world.close();
    await drop();
  }
};

/** Each organisation's books, and what was used. */
const booksOf = (world: World) =>
  world.billing.database.system(
    "tests",
    (tx) => tx.sql<{ id: string; posted: bigint; revenue: bigint; used: bigint; state: string }[]>`
      select w.organisation_id as id, posted, held, revenue, tax, receivable, state,
          (select coalesce(sum(u.amount), 0)::bigint from usage_record u where u.organisation_id = w.organisation_id) as used
        from wallet w order by w.organisation_id`,
  );

const verified = async (world: World) => {
  const document = `mutation { verifyLedger(input: {}) { __typename
    ... on LedgerVerification { intact findings { law entryId walletId } } } }`;
  const asked = await world.ask<{ verifyLedger: object }>(document, {}, world.person(world.estate.operator));
  return asked.verifyLedger;
};

test("a simulation runs through the real books, and twice the same way however often jobs run", {
  timeout: 120_000,
}, async () => {
  const look = async (world: World) => ({ books: await booksOf(world), invoices: await invoicesOf(world) });
  const first = await inWorld(PLAN, async (world) => {
    expect(await verified(world)).toMatchObject({ intact: true, findings: [] });
    return look(world);
  });
  expect(first.books.filter(({ used }) => used > 0n).length).toBeGreaterThan(PLAN.companies / 2);
  expect(first.invoices.length).toBeGreaterThan(PLAN.companies / 2);
  expect(await inWorld({ ...PLAN, jobRuns: 2 }, look)).toEqual(first);
});

test("a company is the same however many others there are, and different seeds make different ones", () => {
  const few = companiesOf(1, 5, 184, 4);
  expect(companiesOf(1, 120, 184, 4).slice(0, 5)).toEqual(few);
  expect(companiesOf(2, 5, 184, 4)).not.toEqual(few);
});

test("120 companies have names of their own, all industries and something to run", () => {
  const companies = companiesOf(4_000, 120, 184, 4);
  expect(new Set(companies.map(({ name }) => name)).size).toBe(120);
  expect(new Set(companies.map(({ sector }) => sector)).size).toBe(11);
  for (const company of companies) expect(monthlyCostOf(company)).toBeGreaterThan(0n);
});
