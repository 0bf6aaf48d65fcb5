import { randomUUID } from "node:crypto";
import { TestSubgraph, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { billingSubgraph } from "../index.js";
import { postEntry, walletFor } from "../ledger/ledger.js";
import { asAdministrator, credit, system } from "../testing/arrange.js";
import { walletById } from "../wallet/wallets.js";
import { recoverAll } from "./recover.js";

const AT = new Date("2026-03-01T00:00:00Z");
let billing: TestSubgraph;

beforeAll(async () => {
  billing = await TestSubgraph.start(
    inject("postgresUrl"),
    billingSubgraph({ clock: () => AT }),
    testTree().source,
    [],
  );
});
afterAll(() => billing.stop());

/** An organisation that owes R 5,00 and has paid in more since. @returns its wallet. */
const owing = async (): Promise<string> => {
  const organisationId = randomUUID();
  const walletId = await system(billing.subgraph, (tx) => walletFor(tx, organisationId, "ZAR"));
  const legs = [
    { walletId, account: "RECEIVABLE" as const, amount: -500n },
    { walletId, account: "REVENUE" as const, amount: 500n },
  ];
  const entry = { organisationId, kind: "USAGE" as const, description: "Use", eventAt: AT, legs };
  await system(billing.subgraph, (tx) => postEntry(tx, entry));
  await credit(billing.subgraph, organisationId, 800n);
  return walletId;
};

it("collects debts of all wallets, also of those beside one that cannot be written", async () => {
  const wallets = [await owing(), await owing(), await owing()];
  const [, broken = ""] = wallets;
  await asAdministrator(
    billing.databaseUrl,
    `alter table wallet add constraint broken check (id <> '${broken}' or receivable = -500)`,
  );
  const failures = await recoverAll(billing.subgraph.database, AT);
  expect([...failures.keys()]).toEqual([broken]);
  const rows = await system(billing.subgraph, (tx) => Promise.all(wallets.map((id) => walletById(tx, id))));
  expect(rows.map(({ receivable }) => receivable)).toEqual([0n, -500n, 0n]);
});
