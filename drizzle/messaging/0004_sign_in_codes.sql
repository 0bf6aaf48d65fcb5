CREATE TABLE "messaging"."sign_in_code" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organisation_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"session_id" uuid NOT NULL,
	"phone" text NOT NULL,
	"email" text NOT NULL,
	"display_name" text NOT NULL,
	"locale" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"sealed" "bytea",
	"state" text DEFAULT 'QUEUED' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "sign_in_code_queued_idx" ON "messaging"."sign_in_code" USING btree ("session_id","next_attempt_at") WHERE state = 'QUEUED';--> statement-breakpoint
CREATE INDEX "sign_in_code_created_idx" ON "messaging"."sign_in_code" USING btree ("created_at");