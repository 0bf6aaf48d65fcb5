import { type Currency, id, instant } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { bigint, check, foreignKey, index, integer, primaryKey, text, unique, uuid } from "drizzle-orm/pg-core";
import { billing } from "../schema.js";

export const COUPON_USES = ["TOP_UP", "SERVICE_SUBSCRIPTION"] as const;

export type CouponUse = (typeof COUPON_USES)[number];

const amount = (name: string) => bigint(name, { mode: "bigint" });

/** A code for those below the organisation that makes it. Who may use it does not see it: a code is told, not listed. */
export const coupon = billing.table(
  "coupon",
  {
    id: id().primaryKey(),
    /** Who makes it. */
    organisationId: uuid("organisation_id").notNull(),
    /** In capitals. */
    code: text("code").notNull(),
    uses: text("uses").$type<CouponUse>().array().notNull(),
    /** A part of the amount; null where `amount` is given. */
    basisPoints: integer("basis_points"),
    /** Minor units; null where `basisPoints` is given. */
    amount: amount("amount"),
    /** Of `amount` and `minimum`; null where there is neither. */
    currency: text("currency").$type<Currency>(),
    /** Minor units that an amount must have. */
    minimum: amount("minimum"),
    maxRedemptions: integer("max_redemptions"),
    maxPerOrganisation: integer("max_per_organisation"),
    /** Uses that count now; those given back are left out. Kept by the functions alone. */
    redemptions: integer("redemptions").notNull().default(0),
    startsAt: instant("starts_at").notNull(),
    endsAt: instant("ends_at"),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [
    unique("coupon_organisation_key").on(table.organisationId, table.id),
    unique("coupon_code_key").on(table.organisationId, table.code),
    index("coupon_code_idx").on(table.code),
    index("coupon_created_idx").on(table.createdAt.desc(), table.id.desc()),
    check("coupon_value_check", sql`basis_points between 1 and 10000 or amount > 0`),
    check("coupon_redemptions_check", sql`redemptions >= 0 and redemptions <= max_redemptions`),
    check("coupon_period_check", sql`ends_at is null or ends_at >= starts_at`),
  ],
);

/** One use of a coupon. */
export const couponRedemption = billing.table(
  "coupon_redemption",
  {
    id: id().primaryKey(),
    /** Who uses it. */
    organisationId: uuid("organisation_id").notNull(),
    /** Who made the coupon. */
    issuerOrganisationId: uuid("issuer_organisation_id").notNull(),
    couponId: uuid("coupon_id").notNull(),
    use: text("use").$type<CouponUse>().notNull(),
    /** The top-up or service subscription that it was used for. */
    usedForId: uuid("used_for_id").notNull(),
    /** Minor units that it gave. */
    discount: amount("discount").notNull(),
    currency: text("currency").$type<Currency>().notNull(),
    redeemedAt: instant("redeemed_at").notNull(),
    /** When what used it failed: it counts no more. */
    releasedAt: instant("released_at"),
  },
  (table) => [
    unique("coupon_redemption_organisation_key").on(table.organisationId, table.id),
    unique("coupon_redemption_used_for_key").on(table.couponId, table.usedForId),
    foreignKey({
      name: "coupon_redemption_coupon_fk",
      columns: [table.issuerOrganisationId, table.couponId],
      foreignColumns: [coupon.organisationId, coupon.id],
    }),
    index("coupon_redemption_organisation_idx").on(table.organisationId, table.couponId),
    check("coupon_redemption_discount_check", sql`discount >= 0`),
  ],
);

/** A code that an organisation tried and that there is not; forgotten when it does not count any more. */
export const couponGuess = billing.table(
  "coupon_guess",
  {
    /** Who tried it. */
    organisationId: uuid("organisation_id").notNull(),
    /** In capitals. */
    code: text("code").notNull(),
    guessedAt: instant("guessed_at").notNull(),
  },
  (table) => [
    primaryKey({ name: "coupon_guess_key", columns: [table.organisationId, table.code] }),
    check("coupon_guess_code_check", sql`length(code) between 1 and 40`),
  ],
);

export type CouponRow = typeof coupon.$inferSelect;
