import type { Subgraph } from "@tollgate/kit";
import { type NewTaxRate, putTaxRate } from "../tax/setting.js";
import { coupon } from "./coupon.schema.js";
import { promotion } from "./promotion.schema.js";

/** Demo data: taxes and offers, known by their ids. */
export interface OffersSeed {
  /** The operator, whose taxes they are. */
  operator: string;
  taxRates: readonly NewTaxRate[];
  promotions: readonly Omit<typeof promotion.$inferInsert, "createdAt">[];
  coupons: readonly Omit<typeof coupon.$inferInsert, "createdAt" | "redemptions">[];
}

/** All in one transaction. Does nothing for what is there, so it may run at every start. */
export const seedOffers = async (subgraph: Subgraph, seed: OffersSeed, now: Date): Promise<void> => {
  await subgraph.database.system("seed", async (tx) => {
    const known = await tx.sql`select 1 from tax_rate where organisation_id = ${seed.operator} limit 1`;
    if (known.length > 0) return;
    for (const rate of seed.taxRates) await putTaxRate(tx, seed.operator, rate);
    for (const row of seed.promotions)
      await tx.db
        .insert(promotion)
        .values({ ...row, createdAt: now })
        .onConflictDoNothing();
    for (const row of seed.coupons)
      await tx.db
        .insert(coupon)
        .values({ ...row, createdAt: now })
        .onConflictDoNothing();
  });
};
