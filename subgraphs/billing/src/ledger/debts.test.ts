import { randomUUID } from "node:crypto";
import { TestSubgraph, testTree } from "@tollgate/kit/testing";
import { asc, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, inject, it } from "vitest";
import { billingSubgraph } from "../index.js";
import { brokenLaws, credit, system } from "../testing/arrange.js";
import { recover } from "../usage/recover.js";
import { walletById } from "../wallet/wallets.js";
import { writeOffDebt } from "./debts.js";
import { postEntry, walletFor } from "./ledger.js";
import { type EntryKind, entry } from "./ledger.schema.js";

const NOW = new Date("2026-05-04T09:00:00Z");
const tree = testTree();
let billing: TestSubgraph;
let organisationId: string;
let walletId: string;

beforeAll(async () => {
  billing = await TestSubgraph.start(inject("postgresUrl"), billingSubgraph({ clock: () => NOW }), tree.source);
});

afterAll(async () => {
  expect(await system(billing.subgraph, brokenLaws)).toEqual([]);
  await billing.stop();
});

beforeEach(async () => {
  organisationId = randomUUID();
  walletId = await system(billing.subgraph, (tx) => walletFor(tx, organisationId, "ZAR"));
});

const owe = (kind: EntryKind, amount: bigint, onInvoice = false) =>
  system(billing.subgraph, (tx) =>
    postEntry(tx, {
      ...{ organisationId, kind, description: "Owed", eventAt: NOW },
      legs: [
        { walletId, account: "RECEIVABLE", amount: -amount, onInvoice },
        { walletId, account: "REVENUE", amount },
      ],
    }),
  );

/** Money comes in, and debts are paid of it. @returns the lines that paid them. */
const pay = async (amount: bigint) => {
  await credit(billing.subgraph, organisationId, amount);
  return system(billing.subgraph, async (tx) => {
    const before = await tx.db.select({ id: entry.id }).from(entry).where(eq(entry.organisationId, organisationId));
    await recover(tx, walletId, NOW);
    const known = new Set(before.map(({ id }) => id));
    const own = eq(entry.organisationId, organisationId);
    const rows = await tx.db.select().from(entry).where(own).orderBy(asc(entry.id));
    return rows.filter(({ id }) => !known.has(id)).map(({ kind, description }) => [kind, description]);
  });
};

const balances = async () => {
  const row = await system(billing.subgraph, (tx) => walletById(tx, walletId));
  return [row.available, row.receivable, row.invoiced];
};

it("pays the oldest debt first, in lines that say what it was", async () => {
  await owe("CHARGEBACK", 300n);
  await owe("USAGE", 200n);
  expect(await pay(100n)).toEqual([["CHARGEBACK", "Debt of a chargeback"]]);
  expect(await balances()).toEqual([0n, -400n, 0n]);
  expect(await pay(250n)).toEqual([
    ["CHARGEBACK", "Debt of a chargeback"],
    ["USAGE", "Use that was owed"],
  ]);
  await owe("USAGE", 50n);
  expect(await pay(1_000n)).toEqual([["USAGE", "Use that was owed"]]);
  expect(await balances()).toEqual([800n, 0n, 0n]);
});

it("leaves debt on an invoice to whoever pays the invoice", async () => {
  await owe("USAGE", 500n, true);
  await owe("REFUND", 40n);
  expect(await pay(100n)).toEqual([["REFUND", "Debt of a refund"]]);
  expect(await balances()).toEqual([60n, -500n, 500n]);
});

it("is written off at most as far as it is owed beside invoices", async () => {
  await owe("USAGE", 500n, true);
  await owe("CHARGEBACK", 300n);
  const writeOff = (amount: bigint) =>
    system(billing.subgraph, (tx) => writeOffDebt(tx, { walletId, amount, reason: "Insolvent", at: NOW }));
  await expect(writeOff(301n)).rejects.toMatchObject({ code: "INVALID_INPUT" });
  await expect(writeOff(0n)).rejects.toMatchObject({ code: "INVALID_INPUT" });
  const answers = await Promise.allSettled([writeOff(200n), writeOff(200n)]);
  expect(answers.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(await balances()).toEqual([0n, -600n, 500n]);
  await writeOff(100n);
  expect(await pay(70n)).toEqual([]);
});
