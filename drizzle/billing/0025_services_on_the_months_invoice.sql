ALTER TABLE "billing"."invoice_line" ADD COLUMN "name" text;--> statement-breakpoint
ALTER TABLE "billing"."invoice_line" ADD COLUMN "basis_points" integer;--> statement-breakpoint
ALTER TABLE "billing"."invoice_line" ADD COLUMN "uncut_basis_points" integer;--> statement-breakpoint
ALTER TABLE "billing"."invoice_line" ADD COLUMN "service_subscription_id" uuid;--> statement-breakpoint
ALTER TABLE "billing"."service_charge" ADD COLUMN "charged_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "billing"."service_charge" ADD COLUMN "quantity" integer;--> statement-breakpoint
ALTER TABLE "billing"."service_charge" ADD COLUMN "unit_price" bigint;--> statement-breakpoint
ALTER TABLE "billing"."service_charge" ADD COLUMN "volume_basis_points" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "billing"."service_charge" ADD COLUMN "promotion_basis_points" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "billing"."service_charge" ADD COLUMN "coupon_code" text;--> statement-breakpoint
ALTER TABLE "billing"."service_charge" ADD COLUMN "coupon_amount" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "invoice_line_subscription_idx" ON "billing"."invoice_line" USING btree ("service_subscription_id") WHERE service_subscription_id is not null;--> statement-breakpoint
CREATE INDEX "service_charge_entry_idx" ON "billing"."service_charge" USING btree ("entry_id") WHERE entry_id is not null;--> statement-breakpoint
CREATE INDEX "service_charge_monthly_idx" ON "billing"."service_charge" USING btree ("organisation_id","at") WHERE charged_at is not null;