import { InvalidInputFault, inBranch, type Tx } from "@tollgate/kit";
import { and, eq, inArray } from "drizzle-orm";
import { machine } from "../machines/machine.schema.js";
import { RESOURCE_WORDS } from "./breakdown.js";
import { pricePerHour, quantitiesOf } from "./cost.js";
import type { PricedResource } from "./price.schema.js";
import { pricesInForce } from "./prices.js";

/** What machines use and the list that counts for them has no price for, by owner, resource and code. */
export type UnpricedUse = Map<string, { resource: PricedResource; code: string }>;

/** Of the machines of a branch, under the lists of a moment. */
export const unpricedUse = async (tx: Tx, organisationId: string, at: Date): Promise<UnpricedUse> => {
  const rows = await tx.db
    .select()
    .from(machine)
    .where(
      and(
        inBranch(machine.organisationId, organisationId),
        eq(machine.isCharged, true),
        inArray(machine.state, ["PROVISIONING", "RUNNING", "STOPPED", "SUSPENDED"]),
      ),
    );
  const prices = await pricesInForce(tx, [...new Set(rows.map((row) => row.organisationId))], at);
  const unpriced: UnpricedUse = new Map();
  for (const row of rows) {
    const own = prices.get(row.organisationId);
    for (const quantity of quantitiesOf(row, true)) {
      const { resource, code } = quantity;
      if (own && pricePerHour(own, quantity)) continue;
      unpriced.set(`${row.organisationId} ${resource} ${code}`, { resource, code });
    }
  }
  return unpriced;
};

/** @throws InvalidInputFault where something in use would lose its price: it would be free of charge unnoticed. */
export const requireAllPriced = (before: UnpricedUse, after: UnpricedUse): void => {
  for (const [key, { resource, code }] of after) {
    if (before.has(key)) continue;
    const words = [RESOURCE_WORDS[resource].description, code].join(" ").trim();
    throw InvalidInputFault.of("priceListId", "IN_USE", `Machines use what would have no price: ${words}.`);
  }
};
