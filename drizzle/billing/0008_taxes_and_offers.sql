CREATE TABLE "billing"."coupon" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"code" text NOT NULL,
	"uses" text[] NOT NULL,
	"basis_points" integer,
	"amount" bigint,
	"currency" text,
	"minimum" bigint,
	"max_redemptions" integer,
	"max_per_organisation" integer,
	"redemptions" integer DEFAULT 0 NOT NULL,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "coupon_organisation_key" UNIQUE("organisation_id","id"),
	CONSTRAINT "coupon_code_key" UNIQUE("organisation_id","code"),
	CONSTRAINT "coupon_value_check" CHECK (basis_points between 1 and 10000 or amount > 0),
	CONSTRAINT "coupon_redemptions_check" CHECK (redemptions >= 0 and redemptions <= max_redemptions),
	CONSTRAINT "coupon_period_check" CHECK (ends_at is null or ends_at >= starts_at)
);
--> statement-breakpoint
CREATE TABLE "billing"."coupon_redemption" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"issuer_id" uuid NOT NULL,
	"coupon_id" uuid NOT NULL,
	"use" text NOT NULL,
	"used_by" uuid NOT NULL,
	"discount" bigint NOT NULL,
	"currency" text NOT NULL,
	"redeemed_at" timestamp (3) with time zone NOT NULL,
	"released_at" timestamp (3) with time zone,
	CONSTRAINT "coupon_redemption_organisation_key" UNIQUE("organisation_id","id"),
	CONSTRAINT "coupon_redemption_used_by_key" UNIQUE("coupon_id","used_by"),
	CONSTRAINT "coupon_redemption_discount_check" CHECK (discount >= 0)
);
--> statement-breakpoint
CREATE TABLE "billing"."promotion" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"name" text NOT NULL,
	"basis_points" integer NOT NULL,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "promotion_organisation_key" UNIQUE("organisation_id","id"),
	CONSTRAINT "promotion_basis_points_check" CHECK (basis_points between 1 and 10000),
	CONSTRAINT "promotion_period_check" CHECK (ends_at is null or ends_at >= starts_at)
);
--> statement-breakpoint
CREATE TABLE "billing"."tax_rate" (
	"organisation_id" uuid NOT NULL,
	"country" text NOT NULL,
	"name" text NOT NULL,
	"basis_points" integer NOT NULL,
	"effective_from" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "tax_rate_pkey" PRIMARY KEY("organisation_id","country","effective_from"),
	CONSTRAINT "tax_rate_check" CHECK (basis_points between 0 and 10000)
);
--> statement-breakpoint
ALTER TABLE "billing"."coupon_redemption" ADD CONSTRAINT "coupon_redemption_coupon_fk" FOREIGN KEY ("issuer_id","coupon_id") REFERENCES "billing"."coupon"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "coupon_created_idx" ON "billing"."coupon" USING btree ("created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "coupon_redemption_organisation_idx" ON "billing"."coupon_redemption" USING btree ("organisation_id","coupon_id");--> statement-breakpoint
CREATE INDEX "promotion_organisation_idx" ON "billing"."promotion" USING btree ("organisation_id","starts_at");--> statement-breakpoint
DO $$ BEGIN
	PERFORM set_config('tollgate.path', '/', true);
	UPDATE "billing"."quote" SET "price" = "price" || jsonb_build_object('subtotal', "price"->'total', 'tax', '{"$bigint": "0"}'::jsonb);
END $$;
