import { randomUUID } from "node:crypto";
import { requestCaller, TestSubgraph, testTree, until } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { billingSubgraph } from "../index.js";
import { placeHold } from "../ledger/holds.js";
import { openWallets, postEntry, walletFor } from "../ledger/ledger.js";
import { verifyLedger } from "../ledger/verify.js";
import { followVm } from "../machines/machines.js";
import { demoPriceList } from "../prices/demo.js";
import { publishPriceList } from "../prices/prices.js";
import { credit, system, vmChanged } from "../testing/arrange.js";
import { chargeUntil } from "../usage/charge.js";
import { followRun, HOUR, pauseCharging } from "../usage/runs.js";
import { decideClosing } from "./closing.js";
import { walletById } from "./wallets.js";

const START = new Date("2026-03-01T00:00:00Z");
const tree = testTree();
let billing: TestSubgraph;

beforeAll(async () => {
  billing = await TestSubgraph.start(inject("postgresUrl"), billingSubgraph({ clock: () => START }), tree.source);
  await system(billing.subgraph, (tx) =>
    publishPriceList(tx, demoPriceList(randomUUID(), tree.operator, new Date("2026-01-01T00:00:00Z")), START),
  );
});

afterAll(() => billing.stop());

const walletIdOf = (organisationId: string) => system(billing.subgraph, (tx) => walletFor(tx, organisationId, "ZAR"));

const stateOf = (organisationId: string) =>
  system(billing.subgraph, async (tx) => (await walletById(tx, await walletFor(tx, organisationId, "ZAR"))).state);

/** @returns what billing answers: "cleared", or why not. */
const decide = async (organisationId: string, at = START): Promise<string> => {
  const closingId = randomUUID();
  await system(billing.subgraph, (tx) => decideClosing(tx, { closingId, organisationId }, at));
  const [row] = await system(
    billing.subgraph,
    (tx) => tx.sql<{ type: string; payload: { reason?: string } }[]>`
      select type, payload from outbox where aggregate_id = ${closingId}`,
  );
  return row?.type === "closing.cleared" ? "cleared" : String(row?.payload.reason);
};

/** Takes everything that is available away, as a correction does. */
const empty = (organisationId: string) =>
  system(billing.subgraph, async (tx) => {
    const walletId = await walletFor(tx, organisationId, "ZAR");
    const { available: amount } = await walletById(tx, walletId);
    const legs = [
      { walletId, account: "WALLET" as const, amount: -amount },
      { walletId, account: "PROVIDER_CLEARING" as const, amount },
    ];
    await postEntry(tx, { organisationId, kind: "ADJUSTMENT", description: "Refunded", eventAt: START, legs });
  });

/** Whether any transaction waits for another. */
const isAnyWaiting = async (): Promise<boolean> => {
  const rows = await system(
    billing.subgraph,
    (tx) => tx.sql`
      select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows.length > 0;
};

describe("whether an organisation's money may end", () => {
  it("is refused in words while there is money, and cleared once there is none", async () => {
    const organisationId = randomUUID();
    await credit(billing.subgraph, organisationId, 12_000n);
    expect(await decide(organisationId)).toMatch(/^Its wallet holds R.120[,.]00: refund or adjust it first\.$/);
    expect(await stateOf(organisationId)).toBe("ACTIVE");
    await empty(organisationId);
    expect(await decide(organisationId)).toBe("cleared");
    expect(await stateOf(organisationId)).toBe("CLOSED");
  });

  it("is refused while money is set aside, or owed", async () => {
    const [holding, owing] = [randomUUID(), randomUUID()];
    await credit(billing.subgraph, holding, 12_000n);
    const walletId = await walletIdOf(holding);
    const hold = { organisationId: holding, walletId, orderId: randomUUID(), vmId: null, description: "x", at: START };
    await system(billing.subgraph, (tx) => placeHold(tx, { ...hold, kind: "ORDER", amount: 3_000n }));
    expect(await decide(holding)).toMatch(/R.30[,.]00 of it set aside for machines and orders/);
    const owedBy = await walletIdOf(owing);
    const legs = [
      { walletId: owedBy, account: "RECEIVABLE" as const, amount: -500n },
      { walletId: owedBy, account: "REVENUE" as const, amount: 500n },
    ];
    const entry = { organisationId: owing, kind: "USAGE" as const, description: "Use", eventAt: START, legs };
    await system(billing.subgraph, (tx) => postEntry(tx, entry));
    expect(await decide(owing)).toMatch(/^It owes R.5[,.]00: settle that first\.$/);
  });

  it("is answered for an organisation that billing has never heard of, whose wallet is shut from the beginning", async () => {
    const organisationId = randomUUID();
    expect(await decide(organisationId)).toBe("cleared");
    expect(await stateOf(organisationId)).toBe("CLOSED");
    // In another currency as well.
    const dollars = await system(billing.subgraph, async (tx) =>
      walletById(tx, await walletFor(tx, organisationId, "USD")),
    );
    expect(dollars.state).toBe("CLOSED");
  });

  it("waits until the use of its machines is charged; the rest of the hour is charged to nobody", async () => {
    const { sibling: organisationId } = tree;
    await credit(billing.subgraph, organisationId, 100_000n);
    const tell = (change: object, at: Date) =>
      system(billing.subgraph, async (tx) => {
        const event = vmChanged({ organisationId, ...change });
        await followVm(tx, event);
        await followRun(tx, event, at);
        return event.vmId;
      });
    const vmId = await tell({}, START);
    const later = new Date(START.getTime() + 2.5 * HOUR);
    expect(await decide(organisationId, later)).toMatch(/being charged; try again in a minute/);
    await chargeUntil(billing.subgraph.database, later);
    await empty(organisationId);
    expect(await decide(organisationId, later)).toBe("cleared");
    await tell({ vmId, state: "STOPPED" }, later);
    await tell({ vmId, state: "DELETED" }, later);
    expect(await chargeUntil(billing.subgraph.database, new Date(later.getTime() + 5 * HOUR))).toEqual(new Map());
    expect((await system(billing.subgraph, verifyLedger)).findings).toEqual([]);
  });

  it("waits for whoever charges at this moment, also where that opens a wallet", async () => {
    const { otherCustomer: organisationId } = tree;
    await system(billing.subgraph, (tx) => followRun(tx, vmChanged({ organisationId }), START));
    const answer = await system(billing.subgraph, async (tx) => {
      await pauseCharging(tx, organisationId);
      const closing = decide(organisationId);
      await until(() => isAnyWaiting());
      await openWallets(tx, [organisationId], "USD");
      return { closing };
    });
    expect(await answer.closing).toBe("cleared");
  });
});

describe("a wallet that is shut", () => {
  it("takes no money by any way: not by the books, a payment begun before, nor one begun now", async () => {
    const organisationId = tree.customer;
    const caller = requestCaller({ org: organisationId, permissions: ["wallet:read", "wallet:topUp"] });
    const start = async () => {
      const input = {
        walletId: await walletIdOf(organisationId),
        amount: { minorUnits: "50000", currency: "ZAR" },
        provider: "MANUAL",
        idempotencyKey: randomUUID(),
      };
      const document = `mutation ($input: StartTopUpInput!) { startTopUp(input: $input) {
        __typename ... on TopUp { id } ... on ForbiddenProblem { reason } } }`;
      const { data } = await billing.execute(document, { input }, caller);
      return data?.["startTopUp"] as { id?: string };
    };
    const { id } = await start();
    expect(await decide(organisationId)).toBe("cleared");
    expect(await start()).toMatchObject({ __typename: "ForbiddenProblem", reason: "ORGANISATION_CLOSED" });
    const document = "query ($id: ID!) { topUp(id: $id) { state } }";
    expect((await billing.execute(document, { id }, caller)).data).toEqual({ topUp: { state: "CANCELLED" } });
    await expect(credit(billing.subgraph, organisationId, 1n)).rejects.toMatchObject({ code: "FORBIDDEN" });
  });

  it("never holds money, whoever pays at the very moment that it is decided", async () => {
    const { closed, paid } = { closed: new Set<string>(), paid: new Set<string>() };
    const organisations = Array.from({ length: 20 }, () => randomUUID());
    for (const organisationId of organisations) await walletIdOf(organisationId);
    await Promise.all(
      organisations.flatMap((organisationId) => [
        decide(organisationId).then((answer) => answer === "cleared" && closed.add(organisationId)),
        credit(billing.subgraph, organisationId, 1_000n).then(
          () => paid.add(organisationId),
          () => false,
        ),
      ]),
    );
    for (const organisationId of organisations) {
      expect(closed.has(organisationId)).not.toBe(paid.has(organisationId));
    }
  });
});
