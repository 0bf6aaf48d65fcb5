import { randomUUID } from "node:crypto";
import { createItem } from "../catalogue/items.js";
import type { BillingInterval } from "../prices/breakdown.js";
import { changeSubscription } from "../services/changing.js";
import { cancelSubscription } from "../services/managing.js";
import { renewDue } from "../services/renewals.js";
import { subscribe } from "../services/subscribing.js";
import { system } from "./arrange.js";
import type { InvoiceDesk } from "./invoices.js";

/** Services of the operator, and what organisations below do with them, at the desk's time. */
export class ServiceDesk {
  constructor(readonly desk: InvoiceDesk) {}

  /** Puts a service on sale. @param cents for a period. @returns its id. */
  offer(name: string, cents: bigint, interval: BillingInterval = "HOURLY"): Promise<string> {
    const { tree, billing, time } = this.desk;
    const price = { minorUnits: cents, currency: "ZAR" } as const;
    const item = { kind: "SERVICE" as const, name, description: null, category: null, interval, price };
    const wish = { ...item, organisationId: tree.operator, idempotencyKey: randomUUID() };
    return system(billing.subgraph, (tx) => createItem(tx, wish, time));
  }

  /** @returns the subscription's id. */
  subscribe(organisationId: string, itemId: string, quantity = 1, couponCode: string | null = null): Promise<string> {
    const wish = { organisationId, itemId, quantity, couponCode, currency: null, idempotencyKey: randomUUID() };
    return system(this.desk.billing.subgraph, (tx) => subscribe(tx, wish, this.desk.time));
  }

  change(serviceSubscriptionId: string, wish: { itemId?: string; quantity?: number }): Promise<string> {
    const change = { serviceSubscriptionId, itemId: wish.itemId ?? null, quantity: wish.quantity ?? null };
    return system(this.desk.billing.subgraph, (tx) => changeSubscription(tx, change, randomUUID(), this.desk.time));
  }

  cancel(id: string): Promise<string> {
    return system(this.desk.billing.subgraph, (tx) => cancelSubscription(tx, id, randomUUID(), this.desk.time));
  }

  /** Lets time pass, and renews what is due by then. */
  async until(moment: Date): Promise<void> {
    this.desk.time = moment;
    const failures = await renewDue(this.desk.database, moment);
    if (failures.size > 0) throw new AggregateError(failures.values(), "not renewed");
  }
}
