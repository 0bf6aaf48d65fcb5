CREATE TABLE "billing"."catalogue_item" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"category" text,
	"interval" text,
	"currency" text NOT NULL,
	"price" bigint NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"state" text DEFAULT 'ACTIVE' NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "catalogue_item_organisation_key" UNIQUE("organisation_id","id"),
	CONSTRAINT "catalogue_item_kind_check" CHECK (kind in ('SERVICE', 'PRODUCT')),
	CONSTRAINT "catalogue_item_state_check" CHECK (state in ('ACTIVE', 'RETIRED')),
	CONSTRAINT "catalogue_item_interval_check" CHECK ((kind = 'SERVICE') = (interval is not null)),
	CONSTRAINT "catalogue_item_price_check" CHECK (price >= 0 and version > 0)
);
--> statement-breakpoint
CREATE TABLE "billing"."catalogue_version" (
	"organisation_id" uuid NOT NULL,
	"item_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"price" bigint NOT NULL,
	"effective_from" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "catalogue_version_pkey" PRIMARY KEY("item_id","version"),
	CONSTRAINT "catalogue_version_price_check" CHECK (price >= 0 and version > 0)
);
--> statement-breakpoint
CREATE TABLE "billing"."order_line" (
	"organisation_id" uuid NOT NULL,
	"order_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"item_organisation_id" uuid NOT NULL,
	"item_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"quantity" integer NOT NULL,
	"unit_price" bigint NOT NULL,
	"amount" bigint NOT NULL,
	"net" bigint NOT NULL,
	CONSTRAINT "order_line_pkey" PRIMARY KEY("order_id","position"),
	CONSTRAINT "order_line_check" CHECK (quantity > 0 and unit_price >= 0 and net >= 0 and amount = quantity * unit_price)
);
--> statement-breakpoint
CREATE TABLE "billing"."service_charge" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"service_subscription_id" uuid NOT NULL,
	"item_organisation_id" uuid NOT NULL,
	"item_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"period_start" timestamp (3) with time zone NOT NULL,
	"period_end" timestamp (3) with time zone NOT NULL,
	"net" bigint NOT NULL,
	"tax" bigint NOT NULL,
	"currency" text NOT NULL,
	"entry_id" uuid,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "service_charge_kind_check" CHECK (kind in ('START', 'RENEWAL', 'CHANGE'))
);
--> statement-breakpoint
CREATE TABLE "billing"."service_subscription" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"wallet_id" uuid NOT NULL,
	"item_organisation_id" uuid NOT NULL,
	"item_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"quantity" integer NOT NULL,
	"unit_price" bigint NOT NULL,
	"volume_basis_points" integer NOT NULL,
	"promotion_basis_points" integer NOT NULL,
	"tax_basis_points" integer NOT NULL,
	"interval" text NOT NULL,
	"currency" text NOT NULL,
	"state" text NOT NULL,
	"current_period_start" timestamp (3) with time zone NOT NULL,
	"current_period_end" timestamp (3) with time zone NOT NULL,
	"cancel_at_period_end" boolean DEFAULT false NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"started_by" uuid,
	"due_at" timestamp (3) with time zone NOT NULL,
	"warned_of" timestamp (3) with time zone,
	"priced_from" timestamp (3) with time zone NOT NULL,
	"used" jsonb NOT NULL,
	"coupon_amount" bigint DEFAULT 0 NOT NULL,
	"coupon_id" uuid,
	"taken" bigint NOT NULL,
	"taken_tax" bigint NOT NULL,
	CONSTRAINT "service_subscription_organisation_key" UNIQUE("organisation_id","id"),
	CONSTRAINT "service_subscription_state_check" CHECK (state in ('PENDING', 'ACTIVE', 'PAST_DUE', 'CANCELLED')),
	CONSTRAINT "service_subscription_end_check" CHECK ((state = 'CANCELLED') = (ended_at is not null)),
	CONSTRAINT "service_subscription_period_check" CHECK (current_period_end > current_period_start),
	CONSTRAINT "service_subscription_quantity_check" CHECK (quantity > 0 and unit_price >= 0),
	CONSTRAINT "service_subscription_taken_check" CHECK (taken >= 0 and taken_tax >= 0 and coupon_amount >= 0)
);
--> statement-breakpoint
ALTER TABLE "billing"."customer_order" ALTER COLUMN "quote_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "billing"."customer_order" ALTER COLUMN "hold_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "billing"."customer_order" ALTER COLUMN "vm" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "billing"."customer_order" ALTER COLUMN "rate" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "billing"."customer_order" ADD COLUMN "kind" text DEFAULT 'VM' NOT NULL;--> statement-breakpoint
ALTER TABLE "billing"."catalogue_version" ADD CONSTRAINT "catalogue_version_item_fk" FOREIGN KEY ("organisation_id","item_id") REFERENCES "billing"."catalogue_item"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."order_line" ADD CONSTRAINT "order_line_order_fk" FOREIGN KEY ("organisation_id","order_id") REFERENCES "billing"."customer_order"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."order_line" ADD CONSTRAINT "order_line_item_fk" FOREIGN KEY ("item_organisation_id","item_id") REFERENCES "billing"."catalogue_item"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."service_charge" ADD CONSTRAINT "service_charge_subscription_fk" FOREIGN KEY ("organisation_id","service_subscription_id") REFERENCES "billing"."service_subscription"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."service_charge" ADD CONSTRAINT "service_charge_item_fk" FOREIGN KEY ("item_organisation_id","item_id") REFERENCES "billing"."catalogue_item"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."service_subscription" ADD CONSTRAINT "service_subscription_item_fk" FOREIGN KEY ("item_organisation_id","item_id") REFERENCES "billing"."catalogue_item"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."service_subscription" ADD CONSTRAINT "service_subscription_wallet_fk" FOREIGN KEY ("organisation_id","wallet_id") REFERENCES "billing"."wallet"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "catalogue_item_name_idx" ON "billing"."catalogue_item" USING btree ("organisation_id",lower(name),"id");--> statement-breakpoint
CREATE INDEX "catalogue_version_organisation_idx" ON "billing"."catalogue_version" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "order_line_organisation_idx" ON "billing"."order_line" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "order_line_item_idx" ON "billing"."order_line" USING btree ("item_id");--> statement-breakpoint
CREATE UNIQUE INDEX "service_charge_period_key" ON "billing"."service_charge" USING btree ("service_subscription_id","period_start") WHERE kind <> 'CHANGE';--> statement-breakpoint
CREATE INDEX "service_charge_item_idx" ON "billing"."service_charge" USING btree ("item_id");--> statement-breakpoint
CREATE INDEX "service_charge_organisation_idx" ON "billing"."service_charge" USING btree ("organisation_id","at");--> statement-breakpoint
CREATE INDEX "service_subscription_organisation_idx" ON "billing"."service_subscription" USING btree ("organisation_id","started_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "service_subscription_started_idx" ON "billing"."service_subscription" USING btree ("started_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "service_subscription_item_idx" ON "billing"."service_subscription" USING btree ("item_id");--> statement-breakpoint
CREATE INDEX "service_subscription_due_idx" ON "billing"."service_subscription" USING btree ("due_at","id") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "service_subscription_end_idx" ON "billing"."service_subscription" USING btree ("current_period_end") WHERE ended_at is null;--> statement-breakpoint
ALTER TABLE "billing"."customer_order" ADD CONSTRAINT "order_kind_check" CHECK (kind in ('VM', 'ITEMS'));--> statement-breakpoint
ALTER TABLE "billing"."customer_order" ADD CONSTRAINT "order_vm_check" CHECK (kind <> 'VM' or (quote_id is not null and hold_id is not null and vm is not null and rate is not null));