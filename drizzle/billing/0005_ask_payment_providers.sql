CREATE TABLE "billing"."provider_event" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"provider" text NOT NULL,
	"provider_event_id" text NOT NULL,
	"kind" text NOT NULL,
	"state" text NOT NULL,
	"problem" text,
	"top_up_id" uuid,
	"body" "bytea",
	"received_at" timestamp (3) with time zone NOT NULL,
	"applied_at" timestamp (3) with time zone,
	CONSTRAINT "provider_event_key" UNIQUE("provider","provider_event_id")
);
--> statement-breakpoint
CREATE TABLE "billing"."refund" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"top_up_id" uuid NOT NULL,
	"amount" bigint NOT NULL,
	"reason" text NOT NULL,
	"state" text NOT NULL,
	"refund_reference" text,
	"entry_id" uuid NOT NULL,
	"returned_entry_id" uuid,
	"problem" text,
	"requested_by" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	"settled_at" timestamp (3) with time zone,
	"asking_until" timestamp (3) with time zone,
	CONSTRAINT "refund_amount_check" CHECK (amount > 0),
	CONSTRAINT "refund_returned_check" CHECK ((state = 'FAILED') = (returned_entry_id is not null))
);
--> statement-breakpoint
ALTER TABLE "billing"."top_up" DROP CONSTRAINT "top_up_credit_check";--> statement-breakpoint
ALTER TABLE "billing"."top_up" ADD COLUMN "attempt" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "billing"."top_up" ADD COLUMN "asking_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "billing"."top_up" ADD COLUMN "step" jsonb;--> statement-breakpoint
ALTER TABLE "billing"."top_up" ADD COLUMN "step_ends_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "billing"."top_up" ADD COLUMN "return_url" text;--> statement-breakpoint
ALTER TABLE "billing"."top_up" ADD COLUMN "session_reference" text;--> statement-breakpoint
ALTER TABLE "billing"."top_up" ADD COLUMN "payment_reference" text;--> statement-breakpoint
ALTER TABLE "billing"."top_up" ADD COLUMN "failure_reason" text;--> statement-breakpoint
ALTER TABLE "billing"."top_up" ADD COLUMN "reconciled_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "billing"."top_up" ADD COLUMN "refunded" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "billing"."top_up" ADD COLUMN "charged_back" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "billing"."provider_event" ADD CONSTRAINT "provider_event_top_up_fk" FOREIGN KEY ("organisation_id","top_up_id") REFERENCES "billing"."top_up"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."refund" ADD CONSTRAINT "refund_top_up_fk" FOREIGN KEY ("organisation_id","top_up_id") REFERENCES "billing"."top_up"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "provider_event_organisation_idx" ON "billing"."provider_event" USING btree ("organisation_id","received_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "provider_event_top_up_idx" ON "billing"."provider_event" USING btree ("top_up_id");--> statement-breakpoint
CREATE INDEX "provider_event_open_idx" ON "billing"."provider_event" USING btree ("received_at") WHERE state in ('RECEIVED', 'FAILED');--> statement-breakpoint
CREATE INDEX "refund_top_up_idx" ON "billing"."refund" USING btree ("top_up_id");--> statement-breakpoint
CREATE INDEX "refund_open_idx" ON "billing"."refund" USING btree ("created_at") WHERE state = 'REQUESTED';--> statement-breakpoint
CREATE UNIQUE INDEX "refund_reference_key" ON "billing"."refund" USING btree ("top_up_id","refund_reference") WHERE refund_reference is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "top_up_payment_key" ON "billing"."top_up" USING btree ("provider","payment_reference") WHERE payment_reference is not null;--> statement-breakpoint
ALTER TABLE "billing"."top_up" ADD CONSTRAINT "top_up_returned_check" CHECK (refunded >= 0 and charged_back >= 0 and refunded + charged_back <= amount);--> statement-breakpoint
ALTER TABLE "billing"."top_up" ADD CONSTRAINT "top_up_credit_check" CHECK ((state in ('SUCCEEDED', 'REFUNDED', 'CHARGED_BACK')) = (entry_id is not null));