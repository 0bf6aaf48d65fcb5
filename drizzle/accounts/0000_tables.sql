CREATE SEQUENCE "accounts"."stream_sequence" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "accounts"."challenge" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organisation_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"channel" text NOT NULL,
	"code_hash" text NOT NULL,
	"attempts_left" integer NOT NULL,
	"resends_left" integer NOT NULL,
	"resend_allowed_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"consumed_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "accounts"."grant" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"organisation_id" uuid NOT NULL,
	"permissions" text[] NOT NULL,
	"version" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "accounts"."inbox" (
	"event_id" uuid PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "accounts"."outbox" (
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
CREATE TABLE "accounts"."outbox_aggregate" (
	"aggregate_id" uuid PRIMARY KEY NOT NULL,
	"version" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "accounts"."outbox_lease" (
	"partition" smallint PRIMARY KEY NOT NULL,
	"holder" uuid NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	"fence" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "accounts"."revocation" (
	"sequence" bigserial PRIMARY KEY NOT NULL,
	"session_id" uuid,
	"user_id" uuid,
	"permissions_version" bigint,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "accounts"."session" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"device" text NOT NULL,
	"address" text NOT NULL,
	"user_agent" text NOT NULL,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"end_reason" text,
	"generation" integer DEFAULT 0 NOT NULL,
	"rotated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"refresh_hash" text NOT NULL,
	"previous_hash" text,
	CONSTRAINT "session_organisation_key" UNIQUE("organisation_id","id")
);
--> statement-breakpoint
CREATE TABLE "accounts"."sign_in_attempt" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"user_id" uuid,
	"email" text NOT NULL,
	"outcome" text NOT NULL,
	"address" text NOT NULL,
	"user_agent" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "accounts"."signing_key" (
	"kid" text PRIMARY KEY NOT NULL,
	"public_jwk" jsonb NOT NULL,
	"sealed_private_key" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "accounts"."tenancy" (
	"organisation_id" uuid PRIMARY KEY NOT NULL,
	"parent_id" uuid,
	"path" text NOT NULL,
	"kind" text NOT NULL,
	"status" text NOT NULL,
	"version" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "accounts"."user" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"email" text NOT NULL,
	"email_verified" boolean DEFAULT false NOT NULL,
	"display_name" text NOT NULL,
	"phone" text,
	"locale" text DEFAULT 'en-ZA' NOT NULL,
	"time_zone" text DEFAULT 'Africa/Johannesburg' NOT NULL,
	"status" text NOT NULL,
	"mfa_enabled" boolean DEFAULT true NOT NULL,
	"mfa_channel" text DEFAULT 'EMAIL' NOT NULL,
	"password_hash" text NOT NULL,
	"last_signed_in_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "user_organisation_key" UNIQUE("organisation_id","id"),
	CONSTRAINT "user_status_check" CHECK (status in ('UNVERIFIED', 'ACTIVE', 'DEACTIVATED', 'ERASED')),
	CONSTRAINT "user_name_check" CHECK (length(trim(display_name)) between 1 and 120)
);
--> statement-breakpoint
ALTER TABLE "accounts"."challenge" ADD CONSTRAINT "challenge_user_fk" FOREIGN KEY ("organisation_id","user_id") REFERENCES "accounts"."user"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "accounts"."session" ADD CONSTRAINT "session_user_fk" FOREIGN KEY ("organisation_id","user_id") REFERENCES "accounts"."user"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "challenge_expires_idx" ON "accounts"."challenge" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "inbox_received_idx" ON "accounts"."inbox" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "outbox_waiting_idx" ON "accounts"."outbox" USING btree ("partition","id") WHERE delivered_at is null;--> statement-breakpoint
CREATE INDEX "outbox_aggregate_waiting_idx" ON "accounts"."outbox" USING btree ("aggregate_id","aggregate_version") WHERE delivered_at is null;--> statement-breakpoint
CREATE INDEX "outbox_stream_idx" ON "accounts"."outbox" USING btree ("stream_seq") WHERE stream_seq is not null;--> statement-breakpoint
CREATE INDEX "outbox_topic_idx" ON "accounts"."outbox" USING btree ("topic","stream_seq") WHERE stream_seq is not null;--> statement-breakpoint
CREATE INDEX "outbox_delivered_idx" ON "accounts"."outbox" USING btree ("delivered_at");--> statement-breakpoint
CREATE INDEX "revocation_at_idx" ON "accounts"."revocation" USING btree ("at");--> statement-breakpoint
CREATE INDEX "session_user_idx" ON "accounts"."session" USING btree ("user_id","last_seen_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "session_expires_idx" ON "accounts"."session" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "sign_in_attempt_email_idx" ON "accounts"."sign_in_attempt" USING btree ("email","at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "sign_in_attempt_address_idx" ON "accounts"."sign_in_attempt" USING btree ("address","at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "sign_in_attempt_organisation_idx" ON "accounts"."sign_in_attempt" USING btree ("organisation_id","at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "tenancy_version_idx" ON "accounts"."tenancy" USING btree ("version");--> statement-breakpoint
CREATE UNIQUE INDEX "tenancy_path_idx" ON "accounts"."tenancy" USING btree (path collate "C");--> statement-breakpoint
CREATE UNIQUE INDEX "user_email_key" ON "accounts"."user" USING btree (lower(email));--> statement-breakpoint
CREATE INDEX "user_name_idx" ON "accounts"."user" USING btree ("organisation_id","display_name","id");