import { randomUUID } from "node:crypto";
import {
  type DeliveredEvent,
  decode,
  type TenancyChange,
  type VmChange,
  type WalletWarning,
} from "@tollgate/kit/protocol";
import { TestSubgraph } from "@tollgate/kit/testing";
import { billingSubgraph } from "../index.js";
import type { HoldKind } from "../ledger/hold.schema.js";
import { placeHold } from "../ledger/holds.js";
import { walletFor } from "../ledger/ledger.js";
import type { WalletRow } from "../ledger/ledger.schema.js";
import { verifyLedger } from "../ledger/verify.js";
import { followVm } from "../machines/machines.js";
import { demoPriceList } from "../prices/demo.js";
import { type NewPriceList, publishPriceList } from "../prices/prices.js";
import { putTaxRate } from "../tax/setting.js";
import { chargeUntil } from "../usage/charge.js";
import { recover } from "../usage/recover.js";
import { followRun, HOUR } from "../usage/runs.js";
import { walletById } from "../wallet/wallets.js";
import { credit, system, vmChanged } from "./arrange.js";

/** When histories begin that tests tell, and so many hours on. */
export const START = new Date("2026-03-01T00:00:00Z");
export const hoursOn = (hours: number): Date => new Date(START.getTime() + hours * HOUR);

const CUSTOMERS = 40;

/** An operator and customers of its own. */
const treeOf = (operator: string, customers: readonly string[]): TenancyChange[] =>
  [operator, ...customers].map((organisationId, nth) => ({
    organisationId,
    parentId: nth === 0 ? null : operator,
    path: nth === 0 ? `/${operator}/` : `/${operator}/${organisationId}/`,
    kind: nth === 0 ? "INTERNAL" : "CUSTOMER",
    status: "ACTIVE",
    version: `${nth + 1}`,
  }));

/** Billing with prices, and what tests of charging do with it: they say what time it is with every step. */
export class ChargeDesk {
  private constructor(
    readonly billing: TestSubgraph,
    readonly operator: string,
    private readonly customers: string[],
  ) {}

  /** The demo's prices for all, unless others are given; in force long before `START`. */
  static async start(
    postgresUrl: string,
    listsOf = (operator: string): NewPriceList[] => [
      demoPriceList(randomUUID(), operator, new Date("2026-01-01T00:00:00Z")),
    ],
  ): Promise<ChargeDesk> {
    const operator = randomUUID();
    const customers = Array.from({ length: CUSTOMERS }, () => randomUUID());
    const rows = treeOf(operator, customers);
    const billing = await TestSubgraph.start(postgresUrl, billingSubgraph({ clock: () => START }), {
      changes: async (version) => rows.filter((row) => BigInt(row.version) > BigInt(version)),
    });
    await system(billing.subgraph, async (tx) => {
      for (const list of listsOf(operator)) await publishPriceList(tx, list, START);
    });
    return new ChargeDesk(billing, operator, customers);
  }

  /** Of whom nothing is known yet, with so much in the wallet. */
  async customer(cents: bigint): Promise<string> {
    const organisationId = this.customers.pop();
    if (!organisationId) throw new Error("a test has more customers than there are");
    if (cents > 0n) await this.pay(organisationId, cents);
    return organisationId;
  }

  tax(basisPoints: number, effectiveFrom: Date): Promise<void> {
    const rate = { country: "ZA", name: "VAT", basisPoints, effectiveFrom };
    return system(this.billing.subgraph, (tx) => putTaxRate(tx, this.operator, rate));
  }

  stop(): Promise<void> {
    return this.billing.stop();
  }

  pay(organisationId: string, cents: bigint) {
    return credit(this.billing.subgraph, organisationId, cents);
  }

  /** Telemetry tells of a machine: *small*, running, unless said otherwise. @returns its id. */
  async tell(change: Partial<VmChange> & { organisationId: string }, at: Date): Promise<string> {
    const event = vmChanged(change);
    await this.deliver(event, at);
    return event.vmId;
  }

  /** @param at when it happened. */
  deliver(event: DeliveredEvent, at: Date): Promise<void> {
    return system(this.billing.subgraph, async (tx) => {
      await followVm(tx, event);
      await followRun(tx, event, at);
    });
  }

  async hold(organisationId: string, vmId: string, amount: bigint, kind: HoldKind = "MACHINE_RESERVE"): Promise<void> {
    await system(this.billing.subgraph, async (tx) => {
      const walletId = await walletFor(tx, organisationId, "ZAR");
      const what = { organisationId, walletId, kind, amount, orderId: null, vmId, description: "Reserve", at: START };
      await placeHold(tx, what);
    });
  }

  /** @throws the first failure. */
  async charge(at: Date): Promise<void> {
    const [failure] = (await chargeUntil(this.billing.subgraph.database, at)).values();
    if (failure) throw failure;
  }

  async recover(organisationId: string, at: Date): Promise<void> {
    await system(this.billing.subgraph, async (tx) => recover(tx, await walletFor(tx, organisationId, "ZAR"), at));
  }

  wallet(organisationId: string): Promise<WalletRow> {
    return system(this.billing.subgraph, async (tx) => walletById(tx, await walletFor(tx, organisationId, "ZAR")));
  }

  /** Hours of the warnings that were given, in their order. */
  async warnings(organisationId: string): Promise<number[]> {
    const rows = await this.payloads<WalletWarning>("wallet.warned", organisationId);
    return rows.map(({ hours }) => hours);
  }

  /** Machines that were asked to stop, in the order it was asked. */
  async stops(organisationId: string): Promise<{ vmIds: readonly string[] | null; at: Date }[]> {
    return this.payloads("machines.stopRequested", organisationId);
  }

  payloads<Payload>(type: string, organisationId: string): Promise<Payload[]> {
    return system(this.billing.subgraph, async (tx) => {
      const rows = await tx.sql<{ payload: string }[]>`
        select payload::text as payload from outbox where type = ${type} and organisation_id = ${organisationId} order by aggregate_version`;
      return rows.map(({ payload }) => decode(payload) as Payload); // the catalogue's type for this event
    });
  }

  /** Minor units that were recorded, by `vm resource`. */
  recorded(organisationId: string): Promise<Map<string, bigint>> {
    return system(this.billing.subgraph, async (tx) => {
      const rows = await tx.sql<{ key: string; amount: bigint }[]>`
        select vm_id || ' ' || resource as key, sum(amount)::bigint as amount from usage_record
         where organisation_id = ${organisationId} group by 1`;
      return new Map(rows.map(({ key, amount }) => [key, amount]));
    });
  }

  /** Laws of the ledger that do not hold. */
  async broken() {
    return (await system(this.billing.subgraph, verifyLedger)).findings;
  }
}
