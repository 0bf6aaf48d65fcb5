CREATE SEQUENCE "billing"."order_number" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE SEQUENCE "billing"."quote_number" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE SEQUENCE "billing"."stream_sequence" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE SEQUENCE "billing"."top_up_number" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "billing"."entry" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"description" text NOT NULL,
	"event_at" timestamp (3) with time zone NOT NULL,
	"recorded_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"reverses_id" uuid,
	CONSTRAINT "entry_organisation_key" UNIQUE("organisation_id","id")
);
--> statement-breakpoint
CREATE TABLE "billing"."hold" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"wallet_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"amount" bigint NOT NULL,
	"captured" bigint DEFAULT 0 NOT NULL,
	"state" text DEFAULT 'OPEN' NOT NULL,
	"order_id" uuid,
	"vm_id" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "hold_organisation_key" UNIQUE("organisation_id","id"),
	CONSTRAINT "hold_amount_check" CHECK (amount >= 0 and captured between 0 and amount),
	CONSTRAINT "hold_end_check" CHECK ((state = 'OPEN') = (ended_at is null))
);
--> statement-breakpoint
CREATE TABLE "billing"."idempotency" (
	"organisation_id" uuid NOT NULL,
	"key" text NOT NULL,
	"digest" text NOT NULL,
	"result" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_pkey" PRIMARY KEY("organisation_id","key")
);
--> statement-breakpoint
CREATE TABLE "billing"."inbox" (
	"event_id" uuid PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "billing"."machine" (
	"vm_id" uuid PRIMARY KEY NOT NULL,
	"organisation_id" uuid NOT NULL,
	"name" text NOT NULL,
	"state" text NOT NULL,
	"vcpus" integer NOT NULL,
	"memory_bytes" bigint NOT NULL,
	"disks" jsonb NOT NULL,
	"extras" jsonb,
	"is_charged" boolean NOT NULL,
	"usage_paid" bigint DEFAULT 0 NOT NULL,
	"version" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "billing"."meter" (
	"organisation_id" uuid NOT NULL,
	"vm_id" uuid NOT NULL,
	"resource" text NOT NULL,
	"code" text NOT NULL,
	"used" jsonb NOT NULL,
	"recorded" bigint NOT NULL,
	CONSTRAINT "meter_pkey" PRIMARY KEY("vm_id","resource","code")
);
--> statement-breakpoint
CREATE TABLE "billing"."metering" (
	"organisation_id" uuid PRIMARY KEY NOT NULL,
	"until_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "billing"."customer_order" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"number" text DEFAULT 'O-' || lpad(nextval('billing.order_number')::text, 6, '0') NOT NULL,
	"state" text NOT NULL,
	"failure_reason" text,
	"quote_id" uuid NOT NULL,
	"wallet_id" uuid NOT NULL,
	"hold_id" uuid NOT NULL,
	"reserve_hold_id" uuid,
	"vm_id" uuid,
	"vm" jsonb NOT NULL,
	"rate" jsonb NOT NULL,
	"total" bigint NOT NULL,
	"currency" text NOT NULL,
	"placed_by" uuid,
	"placed_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "order_organisation_key" UNIQUE("organisation_id","id"),
	CONSTRAINT "order_number_key" UNIQUE("number"),
	CONSTRAINT "order_quote_key" UNIQUE("quote_id"),
	CONSTRAINT "order_vm_key" UNIQUE("vm_id"),
	CONSTRAINT "order_end_check" CHECK ((state in ('COMPLETED', 'FAILED', 'CANCELLED')) = (ended_at is not null))
);
--> statement-breakpoint
CREATE TABLE "billing"."outbox" (
	"id" uuid PRIMARY KEY NOT NULL,
	"partition" smallint NOT NULL,
	"type" text NOT NULL,
	"aggregate_id" uuid NOT NULL,
	"aggregate_version" bigint NOT NULL,
	"organisation_id" uuid,
	"payload" jsonb NOT NULL,
	"sealed" "bytea",
	"topic" text,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone NOT NULL,
	"error" text,
	"parked_at" timestamp (3) with time zone,
	"delivered_at" timestamp (3) with time zone,
	"stream_seq" bigint
);
--> statement-breakpoint
CREATE TABLE "billing"."outbox_aggregate" (
	"aggregate_id" uuid PRIMARY KEY NOT NULL,
	"version" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "billing"."outbox_lease" (
	"partition" smallint PRIMARY KEY NOT NULL,
	"holder" uuid NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	"fence" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "billing"."posting" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"entry_organisation_id" uuid NOT NULL,
	"entry_id" uuid NOT NULL,
	"wallet_id" uuid NOT NULL,
	"position" bigint NOT NULL,
	"currency" text NOT NULL,
	"account" text NOT NULL,
	"amount" bigint NOT NULL,
	"balance_before" bigint NOT NULL,
	"balance_after" bigint NOT NULL,
	CONSTRAINT "posting_position_key" UNIQUE("wallet_id","position"),
	CONSTRAINT "posting_amount_check" CHECK (amount <> 0),
	CONSTRAINT "posting_balance_check" CHECK (balance_after = balance_before + amount)
);
--> statement-breakpoint
CREATE TABLE "billing"."price_list" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"name" text NOT NULL,
	"currency" text NOT NULL,
	"version" integer NOT NULL,
	"published_at" timestamp (3) with time zone,
	"effective_from" timestamp (3) with time zone,
	"effective_to" timestamp (3) with time zone,
	"markup_basis_points" integer DEFAULT 0 NOT NULL,
	"tier_adjustment_basis_points" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "price_list_version_key" UNIQUE("organisation_id","currency","version"),
	CONSTRAINT "price_list_organisation_key" UNIQUE("organisation_id","id"),
	CONSTRAINT "price_list_published_check" CHECK (published_at is null or effective_from is not null),
	CONSTRAINT "price_list_period_check" CHECK (effective_to > effective_from),
	CONSTRAINT "price_list_markup_check" CHECK (markup_basis_points >= -10000 and tier_adjustment_basis_points >= -10000)
);
--> statement-breakpoint
CREATE TABLE "billing"."proof" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"top_up_id" uuid NOT NULL,
	"content_type" text NOT NULL,
	"content" "bytea",
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "billing"."quote" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"number" text DEFAULT 'Q-' || lpad(nextval('billing.quote_number')::text, 6, '0') NOT NULL,
	"state" text NOT NULL,
	"vm" jsonb NOT NULL,
	"interval" text NOT NULL,
	"currency" text NOT NULL,
	"price" jsonb NOT NULL,
	"created_by" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"rejection_reason" text,
	CONSTRAINT "quote_organisation_key" UNIQUE("organisation_id","id"),
	CONSTRAINT "quote_number_key" UNIQUE("number"),
	CONSTRAINT "quote_state_check" CHECK (state in ('DRAFT', 'ISSUED', 'ACCEPTED', 'REJECTED')),
	CONSTRAINT "quote_expires_check" CHECK (state not in ('ISSUED', 'ACCEPTED') or expires_at is not null)
);
--> statement-breakpoint
CREATE TABLE "billing"."rate" (
	"organisation_id" uuid NOT NULL,
	"price_list_id" uuid NOT NULL,
	"resource" text NOT NULL,
	"code" text DEFAULT '' NOT NULL,
	"minor_units" bigint NOT NULL,
	"per_hours" integer NOT NULL,
	CONSTRAINT "rate_pkey" PRIMARY KEY("price_list_id","resource","code"),
	CONSTRAINT "rate_check" CHECK (minor_units >= 0 and per_hours > 0)
);
--> statement-breakpoint
CREATE TABLE "billing"."run" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"vm_id" uuid NOT NULL,
	"from_at" timestamp (3) with time zone NOT NULL,
	"to_at" timestamp (3) with time zone,
	"is_on" boolean NOT NULL,
	"size" jsonb NOT NULL,
	"version" bigint NOT NULL,
	CONSTRAINT "run_period_check" CHECK (to_at is null or to_at >= from_at)
);
--> statement-breakpoint
CREATE TABLE "billing"."tenancy" (
	"organisation_id" uuid PRIMARY KEY NOT NULL,
	"parent_id" uuid,
	"path" text NOT NULL,
	"kind" text NOT NULL,
	"status" text NOT NULL,
	"version" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "billing"."top_up" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"wallet_id" uuid NOT NULL,
	"currency" text NOT NULL,
	"amount" bigint NOT NULL,
	"provider" text NOT NULL,
	"state" text NOT NULL,
	"reference" text DEFAULT 'TG-' || lpad(nextval('billing.top_up_number')::text, 6, '0') NOT NULL,
	"bank_reference" text,
	"proof_id" uuid,
	"started_by" uuid,
	"decided_by" uuid,
	"decision_reason" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"settled_at" timestamp (3) with time zone,
	"entry_id" uuid,
	CONSTRAINT "top_up_organisation_key" UNIQUE("organisation_id","id"),
	CONSTRAINT "top_up_reference_key" UNIQUE("reference"),
	CONSTRAINT "top_up_amount_check" CHECK (amount > 0),
	CONSTRAINT "top_up_credit_check" CHECK ((state = 'SUCCEEDED') = (entry_id is not null))
);
--> statement-breakpoint
CREATE TABLE "billing"."usage_record" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"vm_id" uuid NOT NULL,
	"hour" timestamp (3) with time zone NOT NULL,
	"resource" text NOT NULL,
	"code" text NOT NULL,
	"minutes" integer NOT NULL,
	"quantity" numeric NOT NULL,
	"currency" text NOT NULL,
	"amount" bigint NOT NULL,
	"entry_id" uuid,
	CONSTRAINT "usage_record_key" UNIQUE("vm_id","resource","code","hour"),
	CONSTRAINT "usage_record_minutes_check" CHECK (minutes between 1 and 60)
);
--> statement-breakpoint
CREATE TABLE "billing"."volume_tier" (
	"organisation_id" uuid NOT NULL,
	"price_list_id" uuid NOT NULL,
	"from_minor_units" bigint NOT NULL,
	"discount_basis_points" integer NOT NULL,
	CONSTRAINT "volume_tier_pkey" PRIMARY KEY("price_list_id","from_minor_units"),
	CONSTRAINT "volume_tier_check" CHECK (from_minor_units >= 0 and discount_basis_points between 0 and 10000)
);
--> statement-breakpoint
CREATE TABLE "billing"."wallet" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"currency" text NOT NULL,
	"state" text DEFAULT 'ACTIVE' NOT NULL,
	"posted" bigint DEFAULT 0 NOT NULL,
	"held" bigint DEFAULT 0 NOT NULL,
	"credit_limit" bigint DEFAULT 0 NOT NULL,
	"available" bigint GENERATED ALWAYS AS (posted - held + credit_limit) STORED NOT NULL,
	"receivable" bigint DEFAULT 0 NOT NULL,
	"revenue" bigint DEFAULT 0 NOT NULL,
	"provider_clearing" bigint DEFAULT 0 NOT NULL,
	"tax" bigint DEFAULT 0 NOT NULL,
	"promotions" bigint DEFAULT 0 NOT NULL,
	"write_off" bigint DEFAULT 0 NOT NULL,
	"postings" bigint DEFAULT 0 NOT NULL,
	"warned_hours" integer,
	"grace_ends_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "wallet_organisation_currency_key" UNIQUE("organisation_id","currency"),
	CONSTRAINT "wallet_organisation_key" UNIQUE("organisation_id","id"),
	CONSTRAINT "wallet_available_check" CHECK (available >= 0),
	CONSTRAINT "wallet_held_check" CHECK (held >= 0),
	CONSTRAINT "wallet_credit_limit_check" CHECK (credit_limit >= 0)
);
--> statement-breakpoint
ALTER TABLE "billing"."entry" ADD CONSTRAINT "entry_reverses_fk" FOREIGN KEY ("organisation_id","reverses_id") REFERENCES "billing"."entry"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."hold" ADD CONSTRAINT "hold_wallet_fk" FOREIGN KEY ("organisation_id","wallet_id") REFERENCES "billing"."wallet"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."customer_order" ADD CONSTRAINT "order_quote_fk" FOREIGN KEY ("organisation_id","quote_id") REFERENCES "billing"."quote"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."customer_order" ADD CONSTRAINT "order_wallet_fk" FOREIGN KEY ("organisation_id","wallet_id") REFERENCES "billing"."wallet"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."posting" ADD CONSTRAINT "posting_entry_fk" FOREIGN KEY ("entry_organisation_id","entry_id") REFERENCES "billing"."entry"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."posting" ADD CONSTRAINT "posting_wallet_fk" FOREIGN KEY ("organisation_id","wallet_id") REFERENCES "billing"."wallet"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."proof" ADD CONSTRAINT "proof_top_up_fk" FOREIGN KEY ("organisation_id","top_up_id") REFERENCES "billing"."top_up"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."rate" ADD CONSTRAINT "rate_price_list_fk" FOREIGN KEY ("organisation_id","price_list_id") REFERENCES "billing"."price_list"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."top_up" ADD CONSTRAINT "top_up_wallet_fk" FOREIGN KEY ("organisation_id","wallet_id") REFERENCES "billing"."wallet"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."volume_tier" ADD CONSTRAINT "volume_tier_price_list_fk" FOREIGN KEY ("organisation_id","price_list_id") REFERENCES "billing"."price_list"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "entry_organisation_idx" ON "billing"."entry" USING btree ("organisation_id","event_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "hold_wallet_idx" ON "billing"."hold" USING btree ("wallet_id","state");--> statement-breakpoint
CREATE INDEX "hold_vm_idx" ON "billing"."hold" USING btree ("vm_id");--> statement-breakpoint
CREATE INDEX "idempotency_created_idx" ON "billing"."idempotency" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "inbox_received_idx" ON "billing"."inbox" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "machine_organisation_idx" ON "billing"."machine" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "meter_organisation_idx" ON "billing"."meter" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "metering_until_idx" ON "billing"."metering" USING btree ("until_at");--> statement-breakpoint
CREATE INDEX "order_organisation_idx" ON "billing"."customer_order" USING btree ("organisation_id","placed_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "order_placed_idx" ON "billing"."customer_order" USING btree ("placed_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "order_open_idx" ON "billing"."customer_order" USING btree ("placed_at") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "outbox_waiting_idx" ON "billing"."outbox" USING btree ("partition","id") WHERE delivered_at is null;--> statement-breakpoint
CREATE INDEX "outbox_aggregate_waiting_idx" ON "billing"."outbox" USING btree ("aggregate_id","aggregate_version") WHERE delivered_at is null;--> statement-breakpoint
CREATE INDEX "outbox_stream_idx" ON "billing"."outbox" USING btree ("stream_seq") WHERE stream_seq is not null;--> statement-breakpoint
CREATE INDEX "outbox_topic_idx" ON "billing"."outbox" USING btree ("topic","stream_seq") WHERE stream_seq is not null;--> statement-breakpoint
CREATE INDEX "outbox_delivered_idx" ON "billing"."outbox" USING btree ("delivered_at");--> statement-breakpoint
CREATE INDEX "posting_entry_idx" ON "billing"."posting" USING btree ("entry_id");--> statement-breakpoint
CREATE INDEX "proof_top_up_idx" ON "billing"."proof" USING btree ("top_up_id");--> statement-breakpoint
CREATE INDEX "quote_organisation_idx" ON "billing"."quote" USING btree ("organisation_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "quote_created_idx" ON "billing"."quote" USING btree ("created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "rate_organisation_idx" ON "billing"."rate" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "run_organisation_idx" ON "billing"."run" USING btree ("organisation_id","from_at");--> statement-breakpoint
CREATE INDEX "run_vm_idx" ON "billing"."run" USING btree ("vm_id","version" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "tenancy_version_idx" ON "billing"."tenancy" USING btree ("version");--> statement-breakpoint
CREATE UNIQUE INDEX "tenancy_path_idx" ON "billing"."tenancy" USING btree (path collate "C");--> statement-breakpoint
CREATE UNIQUE INDEX "top_up_bank_reference_key" ON "billing"."top_up" USING btree ("bank_reference") WHERE bank_reference is not null and state in ('AWAITING_APPROVAL', 'SUCCEEDED');--> statement-breakpoint
CREATE INDEX "top_up_organisation_idx" ON "billing"."top_up" USING btree ("organisation_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "top_up_open_idx" ON "billing"."top_up" USING btree ("expires_at") WHERE state in ('INITIALISED', 'PENDING');--> statement-breakpoint
CREATE INDEX "usage_record_organisation_idx" ON "billing"."usage_record" USING btree ("organisation_id","hour" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "volume_tier_organisation_idx" ON "billing"."volume_tier" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "wallet_available_idx" ON "billing"."wallet" USING btree ("available","id");