CREATE TABLE "billing"."billing_mode" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"mode" text NOT NULL,
	"currency" text,
	"credit_limit" bigint DEFAULT 0 NOT NULL,
	"effective_from" timestamp (3) with time zone NOT NULL,
	"applied_at" timestamp (3) with time zone,
	"changed_by" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_mode_limit_check" CHECK (credit_limit >= 0 and (mode = 'INVOICED') = (currency is not null)),
	CONSTRAINT "billing_mode_prepaid_check" CHECK (mode = 'INVOICED' or credit_limit = 0)
);
--> statement-breakpoint
ALTER TABLE "billing"."wallet" ALTER COLUMN "available" SET EXPRESSION AS (posted - held + greatest(credit_limit + receivable, 0));--> statement-breakpoint
ALTER TABLE "billing"."entry" ADD COLUMN "reason_kind" text;--> statement-breakpoint
ALTER TABLE "billing"."entry" ADD COLUMN "reason_id" uuid;--> statement-breakpoint
ALTER TABLE "billing"."posting" ADD COLUMN "on_invoice" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "billing"."wallet" ADD COLUMN "invoiced" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "billing_mode_organisation_idx" ON "billing"."billing_mode" USING btree ("organisation_id","effective_from" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "billing_mode_open_idx" ON "billing"."billing_mode" USING btree ("effective_from") WHERE applied_at is null;--> statement-breakpoint
CREATE INDEX "entry_reason_idx" ON "billing"."entry" USING btree ("reason_id") WHERE reason_id is not null;--> statement-breakpoint
ALTER TABLE "billing"."entry" ADD CONSTRAINT "entry_reason_check" CHECK ((reason_kind is null) = (reason_id is null));--> statement-breakpoint
ALTER TABLE "billing"."posting" ADD CONSTRAINT "posting_invoice_check" CHECK (not on_invoice or account = 'RECEIVABLE');--> statement-breakpoint
ALTER TABLE "billing"."wallet" ADD CONSTRAINT "wallet_invoiced_check" CHECK (invoiced >= 0 and invoiced <= -receivable);