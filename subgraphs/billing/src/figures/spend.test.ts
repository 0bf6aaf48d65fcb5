import { randomUUID } from "node:crypto";
import { countStatements } from "@tollgate/kit";
import { requestCaller, tellSetting, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { postEntry, walletFor } from "../ledger/ledger.js";
import { followVm } from "../machines/machines.js";
import { putTaxRate } from "../tax/setting.js";
import { credit, system, vmChanged } from "../testing/arrange.js";
import { ask, buyer, OrderDesk, ordered, provisioningChanged } from "../testing/orders.js";
import { chargeUntil } from "../usage/charge.js";
import { followRun } from "../usage/runs.js";
import { sumUpSpend } from "./summing.js";

const tree = testTree();
const [orderedVm, plainVm] = [randomUUID(), randomUUID()];
let desk: OrderDesk;

type Amount = { minorUnits: string };
interface Report {
  from: string;
  to: string;
  total: Amount;
  previous: Amount;
  projected: Amount | null;
  runwayDays: number | null;
  trend: { at: string; amount: Amount }[];
  pastBills: { at: string; amount: Amount }[];
  byVm: Slice[];
  byService: Slice[];
  byResource: Slice[];
}
interface Slice {
  label: string;
  vm: { id: string } | null;
  amount: Amount;
  shareBasisPoints: number;
}

const SLICE = "label vm { id } amount { minorUnits } shareBasisPoints";
const REPORT = `from to total { minorUnits } previous { minorUnits } projected { minorUnits } runwayDays
  trend(step: $step) { at amount { minorUnits } } pastBills(months: 6) { at amount { minorUnits } }
  byVm: breakdown(by: VM) { ${SLICE} } byService: breakdown(by: SERVICE) { ${SLICE} } byResource: breakdown(by: RESOURCE) { ${SLICE} }`;

const caller = (org: string, permissions = ["usage:read"], rest = {}) =>
  requestCaller({ org, permissions }, { deadline: Date.now() + 600_000, ...rest });

const reports = async (ids: string[], variables: Record<string, unknown> = {}, as = caller(tree.customer)) => {
  const document = `query ($r: [_Any!]!, $period: PeriodInput, $step: SpendStep) {
    _entities(representations: $r) { ... on Organisation { id spend(period: $period) { ${REPORT} } } } }`;
  const representations = ids.map((id) => ({ __typename: "Organisation", id }));
  const { data, errors } = await desk.billing.execute(document, { r: representations, ...variables }, as);
  const found = data as { _entities: ({ spend: Report | null } | null)[] } | null | undefined; // as asked for
  return { spends: found?._entities.map((one) => one?.spend ?? null) ?? [], code: errors?.[0]?.extensions?.["code"] };
};

const report = async (variables: Record<string, unknown> = {}): Promise<Report> => {
  const [spend] = (await reports([tree.customer], variables)).spends;
  if (!spend) throw new Error("no report");
  return spend;
};

const sum = (parts: readonly { amount: Amount }[]): bigint =>
  parts.reduce((total, { amount }) => total + BigInt(amount.minorUnits), 0n);

/** From noon of the first of June on: an ordered machine, one that was there before, and two and a half days of use. */
beforeAll(async () => {
  desk = await OrderDesk.start(inject("postgresUrl"), tree);
  const { subgraph } = desk.billing;
  await system(subgraph, (tx) =>
    putTaxRate(tx, tree.operator, {
      country: "ZA",
      name: "VAT",
      basisPoints: 1_500,
      effectiveFrom: new Date("2026-01-01T00:00:00Z"),
    }),
  );
  await desk.pay(tree.customer, 1_000_000n);
  const orderId = await ordered(desk.billing, buyer(tree.customer));
  desk.clock.forward(10);
  await desk.receive(provisioningChanged(tree.customer, orderId, "RUNNING", orderedVm));
  await system(subgraph, async (tx) => {
    for (const [vmId, name] of [
      [orderedVm, "web"],
      [plainVm, "db"],
    ] as const) {
      const event = vmChanged({ organisationId: tree.customer, vmId, name });
      await followVm(tx, event);
      await followRun(tx, event, desk.clock.now());
    }
  });
  desk.clock.forward(60 * 60);
  expect(await chargeUntil(subgraph.database, desk.clock.now())).toEqual(new Map());
});
afterAll(() => desk.stop());

describe("spend", () => {
  it("is of the running month of the organisation's zone, and what its books took to the cent", async () => {
    const { from, to, total, trend, byVm, byService, byResource, pastBills, previous } = await report();
    expect([from, to]).toEqual(["2026-05-31T22:00:00.000Z", "2026-06-30T22:00:00.000Z"]);
    const charged = await system(
      desk.billing.subgraph,
      (tx) => tx.sql<{ charged: bigint }[]>`
        select revenue + tax as charged from wallet where organisation_id = ${tree.customer}`,
    );
    expect(BigInt(total.minorUnits)).toBe(charged[0]?.charged);
    expect(BigInt(total.minorUnits)).toBeGreaterThan(0n);
    for (const parts of [trend, byVm, byService, byResource]) expect(sum(parts)).toBe(BigInt(total.minorUnits));
    for (const slices of [byVm, byService, byResource]) {
      expect(slices.reduce((shares, { shareBasisPoints }) => shares + shareBasisPoints, 0)).toBe(10_000);
    }
    expect(trend.map(({ at }) => at)).toEqual([
      "2026-05-31T22:00:00.000Z",
      "2026-06-01T22:00:00.000Z",
      "2026-06-02T22:00:00.000Z",
      "2026-06-03T22:00:00.000Z",
    ]);
    expect([previous.minorUnits, pastBills]).toEqual(["0", []]);
  });

  it("is each machine's own: its records, and of its order only what they do not cover yet", async () => {
    const { byVm, byService, byResource } = await report();
    const records = await system(
      desk.billing.subgraph,
      (tx) => tx.sql<{ vm_id: string; amount: bigint }[]>`
        select vm_id, sum(amount)::bigint as amount from usage_record group by vm_id`,
    );
    for (const { vm_id: id, amount } of records) {
      const charged = byVm.find(({ vm }) => vm?.id === id)?.amount.minorUnits;
      // With its part of the tax, which is rounded for all machines together.
      expect(Math.abs(Number(charged) - Number(amount) * 1.15)).toBeLessThanOrEqual(1);
    }
    expect(byVm.map(({ label }) => label).sort()).toEqual(["db", "web"]);
    expect(byService).toMatchObject([{ label: "Machines", vm: null, shareBasisPoints: 10_000 }]);
    expect(byResource.map(({ label }) => label)).toEqual(expect.arrayContaining(["vCPU", "Memory"]));
  });

  it("says nothing else once it is summed up, nor by other steps", async () => {
    const before = await report();
    await sumUpSpend(desk.billing.subgraph.database);
    expect(await report()).toEqual(before);
    const hours = await report({ step: "HOUR" });
    expect(sum(hours.trend)).toBe(BigInt(before.total.minorUnits));
    const [first] = hours.trend.filter(({ amount }) => amount.minorUnits !== "0");
    expect(first?.at).toBe("2026-06-01T12:00:00.000Z");
  });

  it("puts an hour's use into the month in which it was used, and the rest where it happened", async () => {
    const period = { from: "2026-06-01T12:00:00Z", to: "2026-06-02T00:00:00Z" };
    const rest = { from: "2026-06-02T00:00:00Z", to: "2026-06-04T12:00:00Z" };
    const [first, second, whole] = [await report({ period }), await report({ period: rest }), await report()];
    expect(BigInt(first.total.minorUnits) + BigInt(second.total.minorUnits)).toBe(BigInt(whole.total.minorUnits));
    expect(sum(first.byVm)).toBe(BigInt(first.total.minorUnits));
    const hours = await report({ period: { ...rest, to: "2026-06-02T01:00:00Z" }, step: "HOUR" });
    const records = await system(
      desk.billing.subgraph,
      (tx) => tx.sql<{ amount: bigint }[]>`
        select sum(amount)::bigint as amount from usage_record where hour = '2026-06-02T00:00:00Z'`,
    );
    expect(Math.abs(Number(hours.total.minorUnits) - Number(records[0]?.amount) * 1.15)).toBeLessThanOrEqual(1);
  });

  it("is projected at the present rate for a period that goes on, and not for one that is over", async () => {
    const { projected, total, runwayDays } = await report();
    // Two machines of R172.50 for 720 hours each, less the 36 hours of the month before there were any.
    expect(Number(projected?.minorUnits) - Number(total.minorUnits)).toBeGreaterThan(25_000);
    expect(Number(projected?.minorUnits)).toBeLessThan(34_500);
    expect(runwayDays).toBeGreaterThan(800);
    expect(
      (await report({ period: { from: "2026-05-01T00:00:00Z", to: "2026-06-01T00:00:00Z" } })).projected,
    ).toBeNull();
  });

  it("follows the zone that the organisation keeps its books in", async () => {
    await tellSetting(desk.billing.subgraph, tree.sibling, "billing.timeZone", "Asia/Jakarta");
    const [spend] = (await reports([tree.sibling], {}, caller(tree.reseller))).spends;
    expect(spend?.from).toBe("2026-05-31T17:00:00.000Z");
  });

  it("refuses periods that end before they begin, and more points than a chart has", async () => {
    const backwards = { from: "2026-06-02T00:00:00Z", to: "2026-06-01T00:00:00Z" };
    expect((await reports([tree.customer], { period: backwards })).code).toBe("INVALID_INPUT");
    const year = { from: "2025-06-02T00:00:00Z", to: "2026-06-02T00:00:00Z" };
    expect((await reports([tree.customer], { period: year, step: "HOUR" })).code).toBe("INVALID_INPUT");
  });

  it("is nobody else's, and takes as many statements for many organisations as for one", async () => {
    expect((await reports([tree.customer], {}, caller(tree.otherReseller))).spends).toEqual([null]);
    expect((await reports([tree.customer], {}, caller(tree.customer, ["wallet:read"]))).code).toBe("FORBIDDEN");
    const statements = (ids: string[]) => countStatements(() => reports(ids, {}, caller(tree.operator)));
    // The sibling's books are in another zone: those that are asked about another time are asked by themselves.
    const two = [tree.customer, tree.sibling];
    const [few, many] = [
      await statements(two),
      await statements([...two, tree.reseller, tree.otherReseller, tree.otherCustomer]),
    ];
    expect(many.length).toBe(few.length);
  });
});

describe("spend of the estate", () => {
  const LIST = `query ($period: PeriodInput!, $first: Int, $after: String) {
    estateSpend(period: $period, currency: "ZAR", first: $first, after: $after) {
      total { minorUnits } nodes { organisation { id } amount { minorUnits } projected { minorUnits } } pageInfo { hasNextPage endCursor } } }`;
  interface Listed {
    estateSpend: {
      total: Amount;
      nodes: { organisation: { id: string }; amount: Amount; projected: Amount | null }[];
      pageInfo: { hasNextPage: boolean; endCursor: string };
    };
  }
  const june = { from: "2026-05-31T22:00:00Z", to: "2026-06-30T22:00:00Z" };
  const list = async (as: ReturnType<typeof caller>, rest = {}) =>
    (await ask<Listed>(desk.billing, LIST, { period: june, ...rest }, as)).estateSpend;

  beforeAll(async () => {
    const { subgraph } = desk.billing;
    for (const [organisationId, net] of [
      [tree.sibling, 500_000n],
      [tree.otherCustomer, 10n],
    ] as const) {
      await credit(subgraph, organisationId, 1_000_000n);
      await system(subgraph, async (tx) => {
        const walletId = await walletFor(tx, organisationId, "ZAR");
        const legs = [
          { walletId, account: "WALLET" as const, amount: -net },
          { walletId, account: "REVENUE" as const, amount: net },
        ];
        const eventAt = new Date("2026-06-02T10:00:00Z");
        await postEntry(tx, { organisationId, kind: "SERVICE", description: "Service", eventAt, legs });
      });
    }
  });

  it("lists organisations with the most first, page by page, and sums up all of them", async () => {
    const own = await report();
    const first = await list(caller(tree.reseller), { first: 1 });
    expect(first.nodes).toMatchObject([{ organisation: { id: tree.sibling }, amount: { minorUnits: "500000" } }]);
    expect(BigInt(first.total.minorUnits)).toBe(500_000n + BigInt(own.total.minorUnits));
    const second = await list(caller(tree.reseller), { first: 1, after: first.pageInfo.endCursor });
    expect(second.nodes).toEqual([
      { organisation: { id: tree.customer }, amount: own.total, projected: own.projected },
    ]);
    expect(second.pageInfo.hasNextPage).toBe(false);
    expect((await list(caller(tree.customer))).nodes).toHaveLength(1);
    expect((await list(caller(tree.operator))).nodes).toHaveLength(3);
    const narrowed = caller(tree.operator, ["usage:read"], { narrowedOrganisationId: tree.otherReseller });
    expect((await list(narrowed)).nodes.map(({ organisation }) => organisation.id)).toEqual([tree.otherCustomer]);
  });

  it("refuses cursors of other lists", async () => {
    const after = Buffer.from(JSON.stringify(["1; drop", tree.customer])).toString("base64url");
    await expect(list(caller(tree.reseller), { after })).rejects.toThrow(/INVALID_INPUT/);
  });
});
