import { randomUUID } from "node:crypto";
import type { AuditRecord } from "@tollgate/kit";
import type { DeliveredEvent } from "@tollgate/kit/protocol";
import { requestCaller, TestSubgraph, testTree, until } from "@tollgate/kit/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { billingSubgraph } from "../index.js";
import { creditWallet, postEntry, walletFor } from "../ledger/ledger.js";
import { verifyLedger } from "../ledger/verify.js";
import { system } from "../testing/arrange.js";
import { walletById } from "./wallets.js";

const NOW = new Date("2026-05-04T09:00:00Z");
const tree = testTree();
const recorded: AuditRecord[] = [];
let billing: TestSubgraph;
let walletId: string;

beforeAll(async () => {
  const sink = {
    name: "tests",
    accepts: (type: string) => type === "audit.recorded",
    receive: async (event: DeliveredEvent) => void recorded.push(event.payload as AuditRecord), // of the catalogue
  };
  billing = await TestSubgraph.start(inject("postgresUrl"), billingSubgraph({ clock: () => NOW }), tree.source, [sink]);
  walletId = await system(billing.subgraph, (tx) => walletFor(tx, tree.customer, "ZAR"));
});

afterAll(async () => {
  const { findings } = await system(billing.subgraph, (tx) => verifyLedger(tx));
  expect(findings).toEqual([]);
  await billing.stop();
});

const available = async () => (await system(billing.subgraph, (tx) => walletById(tx, walletId))).available;

beforeEach(async () => {
  const key = randomUUID();
  const credit = { organisationId: tree.customer, currency: "ZAR" as const, description: "Money", at: NOW };
  await system(billing.subgraph, (tx) => creditWallet(tx, { ...credit, minorUnits: 10_000n, idempotencyKey: key }));
});

const above = requestCaller({ org: tree.reseller, kind: "RESELLER", permissions: ["wallet:adjust", "wallet:read"] });
const aboveOther = requestCaller({
  ...{ org: tree.otherReseller, kind: "RESELLER", permissions: ["wallet:adjust", "wallet:read"] },
});
const own = requestCaller({ org: tree.customer, permissions: ["wallet:adjust", "wallet:read"] });
const foreign = requestCaller({ org: tree.otherReseller, kind: "RESELLER", permissions: ["wallet:adjust"] });

const ADJUST = `mutation ($input: AdjustWalletInput!) { result: adjustWallet(input: $input) { __typename
  ... on Wallet { id available { minorUnits } } ... on Problem { code message } ... on ForbiddenProblem { reason }
  ... on InsufficientFundsProblem { available { minorUnits } shortfall { minorUnits } }
  ... on InvalidInputProblem { fields { path reason } } } }`;

const adjust = async (minorUnits: bigint, rest: Record<string, unknown> = {}, caller = above) => {
  const amount = { minorUnits: minorUnits.toString(), currency: "ZAR" };
  const input = { walletId, amount, reason: "Counted wrongly", idempotencyKey: randomUUID(), ...rest };
  const { data, errors } = await billing.execute(ADJUST, { input }, caller);
  expect(errors).toBeUndefined();
  return (data as { result: Record<string, unknown> }).result; // as the document asks for it
};

describe("adjusting a wallet", () => {
  it("adds and takes away with a balanced entry, and is recorded with its reason", async () => {
    const before = await available();
    expect(await adjust(2_500n)).toMatchObject({ available: { minorUnits: `${before + 2_500n}` } });
    expect(await adjust(-12_500n)).toMatchObject({ available: { minorUnits: `${before - 10_000n}` } });
    await until(() =>
      recorded.some(
        ({ action, resourceId, after }) =>
          action === "wallet:adjust" &&
          resourceId === walletId &&
          (after as { reason?: string }).reason === "Counted wrongly",
      ),
    );
  });

  it("empties a wallet to the cent, and never goes below", async () => {
    const all = await available();
    expect(await adjust(-all - 1n)).toMatchObject({
      __typename: "InsufficientFundsProblem",
      available: { minorUnits: `${all}` },
      shortfall: { minorUnits: "1" },
    });
    expect(await adjust(-all)).toMatchObject({ available: { minorUnits: "0" } });
  });

  it("takes in what does not make up for all that is used on credit, and takes none of that credit away", async () => {
    const id = await system(billing.subgraph, (tx) => walletFor(tx, tree.otherCustomer, "ZAR"));
    await system(billing.subgraph, async (tx) => {
      await tx.sql`select set_credit_limit(${id}, 5000)`;
      const legs = [
        { walletId: id, account: "WALLET" as const, amount: -3_000n },
        { walletId: id, account: "REVENUE" as const, amount: 3_000n },
      ];
      const entry = { organisationId: tree.otherCustomer, kind: "USAGE" as const, description: "Use", eventAt: NOW };
      await postEntry(tx, { ...entry, legs });
    });
    expect(await adjust(1_000n, { walletId: id }, aboveOther)).toMatchObject({ available: { minorUnits: "3000" } });
    expect(await adjust(-1n, { walletId: id }, aboveOther)).toMatchObject({ __typename: "InsufficientFundsProblem" });
  });

  it("takes each cent once when two take everything at the same moment", async () => {
    const all = await available();
    const answers = await Promise.all([adjust(-all), adjust(-all), adjust(-all)]);
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual([
      "InsufficientFundsProblem",
      "InsufficientFundsProblem",
      "Wallet",
    ]);
    expect(await available()).toBe(0n);
  });

  it("is done once for a key, and refused for the same key with another amount", async () => {
    const before = await available();
    const key = { idempotencyKey: randomUUID() };
    const answers = await Promise.all([adjust(100n, key), adjust(100n, key), adjust(100n, key)]);
    expect(new Set(answers.map(({ __typename }) => __typename))).toEqual(new Set(["Wallet"]));
    expect(await available()).toBe(before + 100n);
    expect(await adjust(200n, key)).toMatchObject({ __typename: "ConflictProblem" });
  });

  it("is for an organisation above alone: nobody gives himself money, and strangers find nothing", async () => {
    expect(await adjust(100n, {}, own)).toMatchObject({ __typename: "ForbiddenProblem", reason: "NOT_BELOW" });
    expect(await adjust(100n, {}, foreign)).toMatchObject({ __typename: "NotFoundProblem" });
    expect(await adjust(100n, { walletId: randomUUID() })).toMatchObject({ __typename: "NotFoundProblem" });
  });

  it.each([
    { rest: { reason: " x " }, path: ["reason"], reason: "LENGTH" },
    { rest: { amount: { minorUnits: "0", currency: "ZAR" } }, path: ["amount", "minorUnits"], reason: "OUT_OF_RANGE" },
    { rest: { amount: { minorUnits: "9", currency: "USD" } }, path: ["amount", "currency"], reason: "OTHER_CURRENCY" },
    { rest: { eventAt: "2026-05-04T09:00:01.000Z" }, path: ["eventAt"], reason: "FUTURE" },
    { rest: { eventAt: "0001-01-01T00:00:00Z" }, path: ["eventAt"], reason: "OUT_OF_RANGE" },
  ])("names what is wrong: $reason", async ({ rest, path, reason }) => {
    const before = await available();
    expect(await adjust(1n, rest)).toMatchObject({ fields: [{ path, reason }] });
    expect(await available()).toBe(before);
  });

  it("leaves a closed wallet alone", async () => {
    const shut = await system(billing.subgraph, (tx) => walletFor(tx, tree.sibling, "ZAR"));
    await system(billing.subgraph, (tx) => tx.sql`select close_wallets(${tree.sibling})`);
    const refusal = { __typename: "ForbiddenProblem", reason: "ORGANISATION_CLOSED" };
    expect(await adjust(1n, { walletId: shut })).toMatchObject(refusal);
  });
});
