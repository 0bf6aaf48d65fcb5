CREATE TABLE "billing"."credit_note" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"issuer_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"number" text NOT NULL,
	"amount" bigint NOT NULL,
	"tax" bigint NOT NULL,
	"reason" text NOT NULL,
	"issued_at" timestamp (3) with time zone NOT NULL,
	"issued_by" uuid,
	"entry_id" uuid NOT NULL,
	CONSTRAINT "credit_note_number_key" UNIQUE("issuer_id","number"),
	CONSTRAINT "credit_note_amount_check" CHECK (amount > 0 and tax between 0 and amount)
);
--> statement-breakpoint
CREATE TABLE "billing"."document_counter" (
	"organisation_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"year" integer NOT NULL,
	"last" integer NOT NULL,
	CONSTRAINT "document_counter_pkey" PRIMARY KEY("organisation_id","kind","year")
);
--> statement-breakpoint
CREATE TABLE "billing"."invoice" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"issuer_id" uuid NOT NULL,
	"wallet_id" uuid NOT NULL,
	"currency" text NOT NULL,
	"kind" text NOT NULL,
	"mode" text NOT NULL,
	"state" text NOT NULL,
	"number" text,
	"month" text,
	"period_from" timestamp (3) with time zone NOT NULL,
	"period_to" timestamp (3) with time zone NOT NULL,
	"time_zone" text NOT NULL,
	"subtotal" bigint NOT NULL,
	"tax" bigint NOT NULL,
	"total" bigint NOT NULL,
	"due" bigint NOT NULL,
	"paid" bigint DEFAULT 0 NOT NULL,
	"credited" bigint DEFAULT 0 NOT NULL,
	"issuer" jsonb,
	"customer" jsonb,
	"service_subscription_id" uuid,
	"order_id" uuid,
	"entry_id" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	"issued_at" timestamp (3) with time zone,
	"due_at" timestamp (3) with time zone,
	"paid_at" timestamp (3) with time zone,
	"voided_at" timestamp (3) with time zone,
	"void_reason" text,
	"reminders_sent" integer DEFAULT 0 NOT NULL,
	"reminded_at" timestamp (3) with time zone,
	CONSTRAINT "invoice_organisation_key" UNIQUE("organisation_id","id"),
	CONSTRAINT "invoice_number_key" UNIQUE("issuer_id","number"),
	CONSTRAINT "invoice_state_check" CHECK (state in ('DRAFT', 'ISSUED', 'PAID', 'VOID')),
	CONSTRAINT "invoice_kind_check" CHECK (kind in ('USAGE', 'CHARGE') and (kind = 'USAGE') = (month is not null)),
	CONSTRAINT "invoice_total_check" CHECK (total = subtotal + tax and total >= 0),
	CONSTRAINT "invoice_due_check" CHECK (due between 0 and total and paid between 0 and total and credited between 0 and total),
	CONSTRAINT "invoice_issued_check" CHECK (state in ('DRAFT', 'VOID') or (number is not null and issued_at is not null
      and due_at is not null and issuer is not null and customer is not null)),
	CONSTRAINT "invoice_paid_check" CHECK ((state = 'PAID') = (paid_at is not null) and (state <> 'ISSUED' or due > 0)
      and (state not in ('PAID', 'VOID') or due = 0)),
	CONSTRAINT "invoice_void_check" CHECK ((state = 'VOID') = (voided_at is not null)),
	CONSTRAINT "invoice_period_check" CHECK (period_to >= period_from)
);
--> statement-breakpoint
CREATE TABLE "billing"."invoice_entry" (
	"organisation_id" uuid NOT NULL,
	"entry_id" uuid PRIMARY KEY NOT NULL,
	"invoice_id" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "billing"."invoice_line" (
	"organisation_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"kind" text NOT NULL,
	"description" text NOT NULL,
	"quantity" text,
	"unit" text,
	"unit_price" bigint,
	"amount" bigint NOT NULL,
	"vm_id" uuid,
	"machine" text,
	"resource" text,
	"code" text,
	"hours" text,
	"price_list_id" uuid,
	"volume_basis_points" integer DEFAULT 0 NOT NULL,
	"promotion_basis_points" integer DEFAULT 0 NOT NULL,
	"tax_country" text,
	"tax_basis_points" integer,
	"tax_from" timestamp (3) with time zone,
	CONSTRAINT "invoice_line_pkey" PRIMARY KEY("invoice_id","position")
);
--> statement-breakpoint
CREATE TABLE "billing"."invoiced_month" (
	"organisation_id" uuid NOT NULL,
	"wallet_id" uuid NOT NULL,
	"month" text NOT NULL,
	"invoice_id" uuid,
	"done_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "invoiced_month_pkey" PRIMARY KEY("wallet_id","month")
);
--> statement-breakpoint
ALTER TABLE "billing"."top_up" ADD COLUMN "invoice_id" uuid;--> statement-breakpoint
ALTER TABLE "billing"."credit_note" ADD CONSTRAINT "credit_note_invoice_fk" FOREIGN KEY ("organisation_id","invoice_id") REFERENCES "billing"."invoice"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."credit_note" ADD CONSTRAINT "credit_note_entry_fk" FOREIGN KEY ("organisation_id","entry_id") REFERENCES "billing"."entry"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."invoice" ADD CONSTRAINT "invoice_wallet_fk" FOREIGN KEY ("organisation_id","wallet_id") REFERENCES "billing"."wallet"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."invoice" ADD CONSTRAINT "invoice_service_subscription_fk" FOREIGN KEY ("organisation_id","service_subscription_id") REFERENCES "billing"."service_subscription"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."invoice" ADD CONSTRAINT "invoice_order_fk" FOREIGN KEY ("organisation_id","order_id") REFERENCES "billing"."customer_order"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."invoice" ADD CONSTRAINT "invoice_entry_fk" FOREIGN KEY ("organisation_id","entry_id") REFERENCES "billing"."entry"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."invoice_entry" ADD CONSTRAINT "invoice_entry_entry_fk" FOREIGN KEY ("organisation_id","entry_id") REFERENCES "billing"."entry"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."invoice_entry" ADD CONSTRAINT "invoice_entry_invoice_fk" FOREIGN KEY ("organisation_id","invoice_id") REFERENCES "billing"."invoice"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."invoice_line" ADD CONSTRAINT "invoice_line_invoice_fk" FOREIGN KEY ("organisation_id","invoice_id") REFERENCES "billing"."invoice"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."invoiced_month" ADD CONSTRAINT "invoiced_month_wallet_fk" FOREIGN KEY ("organisation_id","wallet_id") REFERENCES "billing"."wallet"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."invoiced_month" ADD CONSTRAINT "invoiced_month_invoice_fk" FOREIGN KEY ("organisation_id","invoice_id") REFERENCES "billing"."invoice"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "credit_note_invoice_idx" ON "billing"."credit_note" USING btree ("invoice_id");--> statement-breakpoint
CREATE INDEX "credit_note_organisation_idx" ON "billing"."credit_note" USING btree ("organisation_id");--> statement-breakpoint
CREATE UNIQUE INDEX "invoice_month_key" ON "billing"."invoice" USING btree ("wallet_id","month") WHERE month is not null and state <> 'VOID';--> statement-breakpoint
CREATE UNIQUE INDEX "invoice_entry_key" ON "billing"."invoice" USING btree ("entry_id") WHERE entry_id is not null;--> statement-breakpoint
CREATE INDEX "invoice_organisation_idx" ON "billing"."invoice" USING btree ("organisation_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "invoice_created_idx" ON "billing"."invoice" USING btree ("created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "invoice_subscription_idx" ON "billing"."invoice" USING btree ("service_subscription_id") WHERE service_subscription_id is not null;--> statement-breakpoint
CREATE INDEX "invoice_due_idx" ON "billing"."invoice" USING btree ("due_at","id") WHERE state = 'ISSUED';--> statement-breakpoint
CREATE INDEX "invoice_entry_invoice_idx" ON "billing"."invoice_entry" USING btree ("invoice_id");--> statement-breakpoint
CREATE INDEX "invoice_entry_organisation_idx" ON "billing"."invoice_entry" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "invoice_line_organisation_idx" ON "billing"."invoice_line" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "invoiced_month_organisation_idx" ON "billing"."invoiced_month" USING btree ("organisation_id");--> statement-breakpoint
ALTER TABLE "billing"."top_up" ADD CONSTRAINT "top_up_invoice_fk" FOREIGN KEY ("organisation_id","invoice_id") REFERENCES "billing"."invoice"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "top_up_invoice_idx" ON "billing"."top_up" USING btree ("invoice_id") WHERE invoice_id is not null;