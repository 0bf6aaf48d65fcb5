import { randomUUID } from "node:crypto";
import { newEventId, type SettingKey } from "@tollgate/kit";
import type { PassThroughResponse } from "@tollgate/kit/protocol";
import { requestCaller, TestSubgraph, type TestTree, tellSetting } from "@tollgate/kit/testing";
import { eq } from "drizzle-orm";
import { billingSubgraph } from "../index.js";
import { type InvoiceRow, invoice } from "../invoices/invoice.schema.js";
import { monthBefore, type Run, runMonth } from "../invoices/running.js";
import { type Leg, postEntry, walletFor } from "../ledger/ledger.js";
import { followVm } from "../machines/machines.js";
import { applyBillingModes } from "../modes/applying.js";
import { billingMode } from "../modes/mode.schema.js";
import { demoPriceList } from "../prices/demo.js";
import { publishPriceList } from "../prices/prices.js";
import { taxRate } from "../tax/tax.schema.js";
import { chargeUntil } from "../usage/charge.js";
import { followRun } from "../usage/runs.js";
import { walletById } from "../wallet/wallets.js";
import { credit, system, vmChanged } from "./arrange.js";
import { ask, type Result } from "./orders.js";

/** The first moment of June 2026 where books are kept by the time of Johannesburg. */
export const JUNE = new Date("2026-05-31T22:00:00Z");
export const JULY = new Date("2026-06-30T22:00:00Z");
const HOUR = 3_600_000;

/** Billing with the demo's prices, VAT, a reseller and its customer, and a clock that tests move. */
export class InvoiceDesk {
  time = new Date("2026-07-01T06:00:00Z");

  private constructor(
    readonly tree: TestTree,
    readonly billing: TestSubgraph,
  ) {}

  static async open(postgresUrl: string, tree: TestTree): Promise<InvoiceDesk> {
    let desk: InvoiceDesk | null = null;
    const clock = () => desk?.time ?? new Date("2026-07-01T06:00:00Z");
    const billing = await TestSubgraph.start(postgresUrl, billingSubgraph({ clock }), tree.source, []);
    const began = new Date("2026-01-01T00:00:00Z");
    await system(billing.subgraph, async (tx) => {
      await publishPriceList(tx, demoPriceList(randomUUID(), tree.operator, began), began);
      const vat = {
        organisationId: tree.operator,
        country: "ZA",
        name: "VAT",
        basisPoints: 1_500,
        effectiveFrom: began,
      };
      await tx.db.insert(taxRate).values(vat);
    });
    desk = new InvoiceDesk(tree, billing);
    return desk;
  }

  close(): Promise<void> {
    return this.billing.stop();
  }

  get database() {
    return this.billing.subgraph.database;
  }

  /** Use as charging writes it: net and tax from the wallet. @returns the entry. */
  use(organisationId: string, net: bigint, tax: bigint, eventAt: Date): Promise<string> {
    return system(this.billing.subgraph, async (tx) => {
      const walletId = await walletFor(tx, organisationId, "ZAR");
      const legs: Leg[] = [
        { walletId, account: "WALLET", amount: -net - tax },
        { walletId, account: "REVENUE", amount: net },
        { walletId, account: "TAX", amount: tax },
      ];
      return postEntry(tx, { organisationId, kind: "USAGE", description: "Use", eventAt, legs });
    });
  }

  /** A machine of these hours, charged by the hour. */
  async machine(organisationId: string, from: Date, hours: number): Promise<string> {
    const vmId = await system(this.billing.subgraph, async (tx) => {
      const event = vmChanged({ organisationId, name: "web" });
      await followVm(tx, event);
      await followRun(tx, event, from);
      return event.vmId;
    });
    await chargeUntil(this.database, new Date(from.getTime() + hours * HOUR));
    return vmId;
  }

  credit(organisationId: string, minorUnits: bigint): Promise<unknown> {
    return credit(this.billing.subgraph, organisationId, minorUnits);
  }

  /** Pays by invoice from a moment on. */
  async invoiced(organisationId: string, creditLimit: bigint, effectiveFrom: Date): Promise<void> {
    const decided = { mode: "INVOICED" as const, currency: "ZAR" as const, creditLimit, createdAt: effectiveFrom };
    await system(this.billing.subgraph, (tx) =>
      tx.db.insert(billingMode).values({ ...decided, organisationId, effectiveFrom }),
    );
    await applyBillingModes(this.database, this.time);
  }

  run(month = monthBefore(this.time)): Promise<Run> {
    return runMonth(this.database, month, null, this.time);
  }

  invoicesOf(organisationId: string): Promise<InvoiceRow[]> {
    return system(this.billing.subgraph, (tx) =>
      tx.db
        .select()
        .from(invoice)
        .where(eq(invoice.organisationId, organisationId))
        .orderBy(invoice.createdAt, invoice.id),
    );
  }

  /** The only one. */
  async invoiceOf(organisationId: string): Promise<InvoiceRow> {
    const [row, ...others] = await this.invoicesOf(organisationId);
    if (!row || others.length > 0) throw new Error(`${others.length + (row ? 1 : 0)} invoices`);
    return row;
  }

  wallet(organisationId: string) {
    return system(this.billing.subgraph, async (tx) => walletById(tx, await walletFor(tx, organisationId, "ZAR")));
  }

  /** Somebody of the reseller, who issues. */
  issuer(permissions: readonly string[] = ["invoice:read", "invoice:manage"]) {
    return requestCaller({ org: this.tree.reseller, kind: "RESELLER", permissions: [...permissions] });
  }

  issuerOf(org: string, kind: "INTERNAL" | "RESELLER") {
    return requestCaller({ org, kind, permissions: ["invoice:read", "invoice:manage"] });
  }

  /** Somebody of an organisation that pays. */
  payer(org = this.tree.customer, permissions: readonly string[] = ["invoice:read", "invoice:pay", "wallet:read"]) {
    return requestCaller({ org, permissions: [...permissions] });
  }

  setting(organisationId: string, key: SettingKey, value: unknown): Promise<void> {
    return tellSetting(this.billing.subgraph, organisationId, key, value);
  }

  /** An invoice as somebody sees it; null where nobody may. */
  async seen(id: string, as: ReturnType<typeof requestCaller>): Promise<Changed | null> {
    const document = `query ($id: ID!) { invoice(id: $id) { id state number amountDue { minorUnits } pdf { url }
      lines { description explanation { hours entries { id } } } creditNotes { number amount { minorUnits } pdf { url } } } }`;
    const { data } = await this.billing.execute(document, { id }, as);
    return (data as { invoice: Changed | null }).invoice; // as the document asks for it
  }

  /** What is behind a link that was given out. */
  async opened(url: string): Promise<{ status: number; body: Uint8Array }> {
    const { status, body } = await this.answer(new URL(url));
    return { status, body: body as Uint8Array }; // of documents, which are no streams
  }

  /** What a path outside of the graph answers. */
  async answer({ pathname, searchParams }: URL): Promise<PassThroughResponse> {
    const route = this.billing.subgraph.routes.find(({ path }) => path === pathname);
    if (!route) throw new Error(`no route ${pathname}`);
    const request = { method: "GET", path: pathname, query: searchParams, headers: {}, rawBody: new Uint8Array() };
    return route.handle({ ...request, address: "127.0.0.1" });
  }

  /** One mutation with its own key, as the graph answers it. */
  async change(name: string, input: Record<string, unknown>, as: ReturnType<typeof requestCaller>): Promise<Changed> {
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
    const shown = "id state number amountDue { minorUnits } remindersSent creditNotes { number amount { minorUnits } }";
    const success =
      name === "payInvoice"
        ? `... on InvoicePayment { invoice { ${shown} } topUp { id state } }`
        : `... on Invoice { ${shown} }`;
    const document = `mutation ($input: ${type}!) { result: ${name}(input: $input) { __typename ${success}
      ... on Problem { code message } } }`;
    const whole = { idempotencyKey: newEventId(), ...input };
    const { result } = await ask<{ result: Changed }>(this.billing, document, { input: whole }, as);
    return result;
  }
}

export interface Changed extends Result {
  number?: string | null;
  message?: string;
  remindersSent?: number;
  amountDue?: { minorUnits: string };
  creditNotes?: { number: string; amount: { minorUnits: string } }[];
  invoice?: Changed;
  topUp?: { id: string; state: string } | null;
  pdf?: { url: string } | null;
  lines?: { description: string; explanation: { hours: string | null; entries: { id: string }[] } | null }[];
}
