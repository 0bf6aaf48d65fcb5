import { randomUUID } from "node:crypto";
import { callerOf } from "@tollgate/kit";
import { createLogger } from "@tollgate/kit/process";
import { requestCaller, TestSubgraph, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { billingSubgraph } from "../index.js";
import { placeHold } from "../ledger/holds.js";
import { walletFor } from "../ledger/ledger.js";
import { followVm } from "../machines/machines.js";
import { demoPriceList } from "../prices/demo.js";
import { publishPriceList } from "../prices/prices.js";
import { credit, system, vmChanged } from "../testing/arrange.js";
import { chargeUntil } from "../usage/charge.js";
import { machinesRunOut } from "../usage/running-out.js";
import { followRun } from "../usage/runs.js";
import { WalletWatch } from "./watch.js";

const NOW = new Date("2026-05-04T09:00:00Z");
const tree = testTree();
let billing: TestSubgraph;
let walletId: string;
let vmId: string;

beforeAll(async () => {
  billing = await TestSubgraph.start(inject("postgresUrl"), billingSubgraph({ clock: () => NOW }), tree.source);
  const event = vmChanged({ organisationId: tree.customer });
  vmId = event.vmId;
  walletId = await system(billing.subgraph, async (tx) => {
    await publishPriceList(tx, demoPriceList(randomUUID(), tree.operator, new Date("2026-01-01T00:00:00Z")), NOW);
    await followVm(tx, event);
    return walletFor(tx, tree.customer, "ZAR");
  });
  await credit(billing.subgraph, tree.customer, 15_500n);
  const hold = { organisationId: tree.customer, walletId, kind: "MACHINE_RESERVE", amount: 500n } as const;
  await system(billing.subgraph, (tx) => placeHold(tx, { ...hold, orderId: null, vmId, description: "", at: NOW }));
});

afterAll(() => billing.stop());

const caller = (org: string) => requestCaller({ org, permissions: ["wallet:read", "usage:read"] });

test("a wallet says what it burns, when it ends, and what is set aside", async () => {
  const document = `query ($id: ID!) { wallet(id: $id) { state burnRate { minorUnits } runsOutAt graceEndsAt
    reserved { minorUnits } owed { minorUnits } holds { kind amount { minorUnits } vm { id } } } }`;
  const { data } = await billing.execute(document, { id: walletId }, caller(tree.customer));
  expect(data?.["wallet"]).toEqual({
    state: "ACTIVE",
    burnRate: { minorUnits: "21" },
    // 15,000 cents at R150 a month: 720 hours.
    runsOutAt: "2026-06-03T09:00:00.000Z",
    graceEndsAt: null,
    reserved: { minorUnits: "500" },
    owed: { minorUnits: "0" },
    holds: [{ kind: "MACHINE_RESERVE", amount: { minorUnits: "500" }, vm: { id: vmId } }],
  });
});

test("a machine says when its money ends, to nobody beside its organisation", async () => {
  const document = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Vm { runsOutAt costMonthToDate { minorUnits } } } }`;
  const representations = { r: [{ __typename: "Vm", id: vmId }] };
  const own = await billing.execute(document, representations, caller(tree.customer));
  expect(own.data?.["_entities"]).toEqual([{ runsOutAt: "2026-06-04T09:00:00.000Z", costMonthToDate: null }]);
  const foreign = await billing.execute(document, representations, caller(tree.sibling));
  expect(foreign.data?.["_entities"]).toEqual([{ runsOutAt: null, costMonthToDate: null }]);
});

test("what a wallet burns does not shrink because its machines ran for a part of their first hours only", async () => {
  const event = vmChanged({ organisationId: tree.otherCustomer });
  const id = await system(billing.subgraph, async (tx) => {
    await followVm(tx, event);
    await followRun(tx, event, new Date(NOW.getTime() - 2 * 3_600_000 - 6 * 60_000));
    return walletFor(tx, tree.otherCustomer, "ZAR");
  });
  await credit(billing.subgraph, tree.otherCustomer, 50_000n);
  const burnt = async () => {
    const document = "query ($id: ID!) { wallet(id: $id) { burnRate { minorUnits } } }";
    const { data } = await billing.execute(document, { id }, caller(tree.otherCustomer));
    return (data as { wallet: { burnRate: { minorUnits: string } } }).wallet.burnRate.minorUnits; // as asked for
  };
  for (const hoursAgo of [2, 0]) {
    await chargeUntil(billing.subgraph.database, new Date(NOW.getTime() - hoursAgo * 3_600_000));
    expect(await burnt()).toBe("21");
  }
});

test("use is listed by hour, newest first and page by page, within the estate", async () => {
  const at = new Date(NOW.getTime() - 3 * 3_600_000);
  const event = vmChanged({ organisationId: tree.sibling });
  await system(billing.subgraph, async (tx) => {
    await followVm(tx, event);
    await followRun(tx, event, at);
  });
  await credit(billing.subgraph, tree.sibling, 50_000n);
  expect(await chargeUntil(billing.subgraph.database, NOW)).toEqual(new Map());
  const document = `query ($filter: UsageFilter!, $after: String) { usageRecords(first: 4, after: $after, filter: $filter) {
    nodes { hour minutes resource amount { minorUnits } entry { kind } vm { id } } pageInfo { hasNextPage endCursor } } }`;
  const filter = { period: { from: at.toISOString(), to: NOW.toISOString() }, vmId: event.vmId };
  const asked = async (as: ReturnType<typeof caller>, after: string | null = null) => {
    const { data } = await billing.execute(document, { filter, after }, as);
    const { usageRecords } = data as { usageRecords: { nodes: object[]; pageInfo: { endCursor: string } } };
    return usageRecords; // as the document asks for it
  };
  const first = await asked(caller(tree.reseller));
  expect(first.nodes).toHaveLength(4);
  expect(first.nodes[0]).toMatchObject({ hour: "2026-05-04T08:00:00.000Z", minutes: 60, entry: { kind: "USAGE" } });
  expect((await asked(caller(tree.sibling), first.pageInfo.endCursor)).nodes).toHaveLength(4);
  expect((await asked(caller(tree.customer))).nodes).toEqual([]);
});

test("whoever may verifies the ledger; a wallet outside of the estate is unknown", async () => {
  const document = `mutation ($input: VerifyLedgerInput!) { verifyLedger(input: $input) { __typename
    ... on LedgerVerification { intact wallets findings { law } verifiedAt } } }`;
  const as = (org: string) => requestCaller({ org, permissions: ["ledger:verify"] });
  const all = await billing.execute(document, { input: {} }, as(tree.operator));
  expect(all.data?.["verifyLedger"]).toMatchObject({ intact: true, findings: [], verifiedAt: NOW.toISOString() });
  const foreign = await billing.execute(document, { input: { walletId } }, as(tree.sibling));
  expect(foreign.data?.["verifyLedger"]).toEqual({ __typename: "NotFoundProblem" });
});

const CHANGES = "subscription ($id: ID!) { walletChanged(walletId: $id) { available { minorUnits } } }";

test("a watcher gets the wallet at once, and again when money comes", async () => {
  const stream = billing.subscribe(CHANGES, { id: walletId }, caller(tree.customer));
  const first = await stream.next();
  expect(first.value.data).toEqual({ walletChanged: { available: { minorUnits: "15000" } } });
  await credit(billing.subgraph, tree.customer, 100n);
  const second = await stream.next();
  expect(second.value.data).toEqual({ walletChanged: { available: { minorUnits: "15100" } } });
  await stream.return?.();
});

test("a watcher hears at once of what is committed in this process, however rarely it looks by itself", async () => {
  const own = testTree();
  const definition = billingSubgraph({ clock: () => NOW, lookEvery: 3_600_000 });
  const started = await TestSubgraph.start(inject("postgresUrl"), definition, own.source);
  try {
    const id = await system(started.subgraph, (tx) => walletFor(tx, own.customer, "ZAR"));
    await credit(started.subgraph, own.customer, 500n);
    const stream = started.subscribe(CHANGES, { id }, caller(own.customer));
    expect((await stream.next()).value.data).toEqual({ walletChanged: { available: { minorUnits: "500" } } });
    const next = stream.next();
    await credit(started.subgraph, own.customer, 100n);
    // Any event will do: what it has committed is looked at.
    await started.subgraph.inbox.receive(vmChanged({ organisationId: own.customer }));
    expect((await next).value.data).toEqual({ walletChanged: { available: { minorUnits: "600" } } });
    await stream.return?.();
  } finally {
    await started.stop();
  }
});

test("a watcher who goes is gone at once, though nothing happens to the wallet", async () => {
  const logger = createLogger("test", "silent");
  const watch = new WalletWatch({ database: billing.subgraph.database, logger });
  const rows = watch.of(callerOf(caller(tree.customer)), walletId);
  expect((await rows.next()).value.id).toBe(walletId);
  const next = rows.next();
  await rows.return?.();
  expect((await next).done).toBe(true);
});

test("nobody watches a wallet outside of the estate", async () => {
  for (const org of [tree.sibling, tree.otherReseller]) {
    const stream = billing.subscribe(CHANGES, { id: walletId }, caller(org));
    const { value } = await stream.next();
    expect(value.errors?.[0]?.extensions?.["code"]).toBe("NOT_FOUND");
  }
});

test("a machine that is paid in another currency says when that money ends", async () => {
  const list = demoPriceList(randomUUID(), tree.otherReseller, new Date("2026-01-01T00:00:00Z"));
  await system(billing.subgraph, (tx) => publishPriceList(tx, { ...list, currency: "USD" }, NOW));
  const sold = vmChanged({ organisationId: tree.otherCustomer });
  await system(billing.subgraph, (tx) => followVm(tx, sold));
  await credit(billing.subgraph, tree.otherCustomer, 10_000_000n, { currency: "USD" });
  const ends = await system(billing.subgraph, (tx) => machinesRunOut(tx, [sold.vmId], NOW));
  // Of 100,000 dollars, not of its rand: years.
  expect(ends.get(sold.vmId)?.getTime()).toBeGreaterThan(NOW.getTime() + 50_000 * 3_600_000);
});
