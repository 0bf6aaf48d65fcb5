import type { Company } from "./companies.js";
import type { World } from "./world.js";

/** What the operator sells beside machines. */
const SERVICES = [
  { name: "Managed backup", category: "Protection", minorUnits: "19900" },
  { name: "Support desk", category: "People", minorUnits: "49900" },
  { name: "Monitoring", category: "Protection", minorUnits: "9900" },
] as const;

export const SERVICE_COUNT = SERVICES.length;

/** Puts the services into the operator's catalogue. @returns their ids. */
export const sellServices = async (world: World): Promise<string[]> => {
  const seller = world.person(world.estate.operator);
  const ids: string[] = [];
  for (const { name, category, minorUnits } of SERVICES) {
    const price = { minorUnits, currency: "ZAR" };
    const input = { kind: "SERVICE", name, category, price, interval: "MONTHLY", idempotencyKey: world.key() };
    const made = await world.change("createCatalogueItem", input, "... on CatalogueItem { id }", seller);
    if (!made.id) throw new Error(JSON.stringify(made));
    ids.push(made.id);
  }
  return ids;
};

/** A company's subscription to a service: begun, grown and given up on its planned days, money permitting. */
export class ServiceLife {
  private subscriptionId: string | null = null;
  private isOver = false;
  /** Before this day it does not ask for the service again. */
  private asksFrom = 0;

  constructor(
    private readonly world: World,
    private readonly company: Company,
    private readonly itemIds: readonly string[],
  ) {}

  /** A day's work. Documents are numbered in the order of these, so that companies take turns, one after the other. */
  async live(day: number): Promise<void> {
    const { service } = this.company;
    if (!service || this.isOver || day < service.fromDay) return;
    if (this.subscriptionId === null) {
      if (day >= this.asksFrom) await this.subscribe(service.item, day);
      return;
    }
    const serviceSubscriptionId = this.subscriptionId;
    if (day === service.growsOnDay)
      await this.change("changeServiceSubscription", { serviceSubscriptionId, quantity: 2 });
    if (day === service.untilDay) {
      await this.change("cancelServiceSubscription", { serviceSubscriptionId });
      this.isOver = true;
    }
  }

  /** Whoever has not enough tries again in a week. */
  private async subscribe(item: number, day: number): Promise<void> {
    const outcome = await this.change("subscribeToService", { itemId: this.itemIds[item] });
    this.subscriptionId = outcome.id ?? null;
    this.asksFrom = day + 7;
  }

  private change(name: string, input: Record<string, unknown>) {
    const keyed = { ...input, idempotencyKey: this.world.key() };
    return this.world.change(name, keyed, "... on ServiceSubscription { id }", this.world.person(this.company.id));
  }
}
