CREATE TABLE "accounts"."open_invitation" (
	"invitation_id" uuid PRIMARY KEY NOT NULL,
	"organisation_id" uuid NOT NULL,
	"email" text NOT NULL,
	"token_hash" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"is_open" boolean NOT NULL,
	"version" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "accounts"."registration" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"organisation_id" uuid NOT NULL,
	"invitation_id" uuid,
	"organisation_name" text,
	"token_hash" text NOT NULL,
	"state" text DEFAULT 'PENDING' NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"announced_at" timestamp (3) with time zone NOT NULL,
	"times_announced" integer DEFAULT 1 NOT NULL,
	"settled_at" timestamp (3) with time zone,
	"signed_in_at" timestamp (3) with time zone,
	CONSTRAINT "registration_state_check" CHECK (state in ('PENDING', 'COMPLETED', 'REFUSED')),
	CONSTRAINT "registration_origin_check" CHECK ((invitation_id is null) <> (organisation_name is null))
);
--> statement-breakpoint
CREATE TABLE "accounts"."registration_request" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"kind" text NOT NULL,
	"address" text NOT NULL,
	"email" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "accounts"."sign_up" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"email" text NOT NULL,
	"display_name" text NOT NULL,
	"organisation_name" text NOT NULL,
	"password_hash" text NOT NULL,
	"locale" text NOT NULL,
	"time_zone" text NOT NULL,
	"token_hash" text NOT NULL,
	"is_taken" boolean NOT NULL,
	"address" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"sent_at" timestamp (3) with time zone NOT NULL,
	"times_sent" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX "open_invitation_token_key" ON "accounts"."open_invitation" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "open_invitation_expires_idx" ON "accounts"."open_invitation" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "registration_token_idx" ON "accounts"."registration" USING btree ("token_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "registration_invitation_key" ON "accounts"."registration" USING btree ("invitation_id") WHERE state <> 'REFUSED';--> statement-breakpoint
CREATE INDEX "registration_pending_idx" ON "accounts"."registration" USING btree ("announced_at") WHERE state = 'PENDING';--> statement-breakpoint
CREATE INDEX "registration_settled_idx" ON "accounts"."registration" USING btree ("settled_at");--> statement-breakpoint
CREATE INDEX "registration_request_address_idx" ON "accounts"."registration_request" USING btree ("kind","address","at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "registration_request_email_idx" ON "accounts"."registration_request" USING btree ("kind","email","at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "registration_request_at_idx" ON "accounts"."registration_request" USING btree ("at");--> statement-breakpoint
CREATE UNIQUE INDEX "sign_up_token_key" ON "accounts"."sign_up" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "sign_up_email_idx" ON "accounts"."sign_up" USING btree (lower(email),"created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "sign_up_expires_idx" ON "accounts"."sign_up" USING btree ("expires_at");