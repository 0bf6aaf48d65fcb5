CREATE TABLE "accounts"."authenticator" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"organisation_id" uuid NOT NULL,
	"secret" "bytea",
	"last_step" bigint DEFAULT 0 NOT NULL,
	"pending" "bytea",
	"pending_until" timestamp (3) with time zone,
	"pending_tries" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "accounts"."code_channel" (
	"channel" text PRIMARY KEY NOT NULL,
	"is_ready" boolean NOT NULL,
	"version" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "accounts"."recovery_code" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"hash" text NOT NULL,
	"used_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "recovery_code_key" UNIQUE("user_id","hash")
);
--> statement-breakpoint
CREATE TABLE "accounts"."trusted_device" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"hash" text NOT NULL,
	"device" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "trusted_device_key" UNIQUE("hash")
);
--> statement-breakpoint
ALTER TABLE "accounts"."challenge" ALTER COLUMN "code_hash" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "accounts"."authenticator" ADD CONSTRAINT "authenticator_user_fk" FOREIGN KEY ("organisation_id","user_id") REFERENCES "accounts"."user"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "accounts"."recovery_code" ADD CONSTRAINT "recovery_code_user_fk" FOREIGN KEY ("organisation_id","user_id") REFERENCES "accounts"."user"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "accounts"."trusted_device" ADD CONSTRAINT "trusted_device_user_fk" FOREIGN KEY ("organisation_id","user_id") REFERENCES "accounts"."user"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "recovery_code_left_idx" ON "accounts"."recovery_code" USING btree ("user_id") WHERE used_at is null;--> statement-breakpoint
CREATE INDEX "trusted_device_user_idx" ON "accounts"."trusted_device" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "trusted_device_expires_idx" ON "accounts"."trusted_device" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "challenge_user_idx" ON "accounts"."challenge" USING btree ("user_id","created_at" DESC NULLS LAST);