CREATE TABLE "accounts"."api_key" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"name" text NOT NULL,
	"created_by" uuid NOT NULL,
	"answered_by" uuid NOT NULL,
	"permissions" text[] NOT NULL,
	"allowed_addresses" text[] NOT NULL,
	"requests_per_minute" integer NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone,
	"last_used_from" text,
	"session_id" uuid NOT NULL,
	"prefix" text NOT NULL,
	"secret_hash" text NOT NULL,
	"previous_session_id" uuid,
	"previous_prefix" text,
	"previous_hash" text,
	"previous_until" timestamp (3) with time zone,
	CONSTRAINT "api_key_name_check" CHECK (length(trim(name)) between 1 and 80),
	CONSTRAINT "api_key_rate_check" CHECK (requests_per_minute > 0)
);
--> statement-breakpoint
CREATE TABLE "accounts"."idempotency" (
	"organisation_id" uuid NOT NULL,
	"key" text NOT NULL,
	"digest" text NOT NULL,
	"result" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_pkey" PRIMARY KEY("organisation_id","key")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "api_key_prefix_key" ON "accounts"."api_key" USING btree ("prefix");--> statement-breakpoint
CREATE UNIQUE INDEX "api_key_previous_prefix_key" ON "accounts"."api_key" USING btree ("previous_prefix") WHERE previous_prefix is not null;--> statement-breakpoint
CREATE INDEX "api_key_organisation_idx" ON "accounts"."api_key" USING btree ("organisation_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "api_key_created_idx" ON "accounts"."api_key" USING btree ("created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "api_key_answered_idx" ON "accounts"."api_key" USING btree ("answered_by") WHERE revoked_at is null;--> statement-breakpoint
CREATE INDEX "api_key_previous_idx" ON "accounts"."api_key" USING btree ("previous_until") WHERE previous_until is not null;--> statement-breakpoint
CREATE INDEX "idempotency_created_idx" ON "accounts"."idempotency" USING btree ("created_at");