CREATE TABLE "accounts"."email_token" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"purpose" text NOT NULL,
	"token_hash" text NOT NULL,
	"email" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "accounts"."reset_request" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"email" text NOT NULL,
	"address" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "accounts"."email_token" ADD CONSTRAINT "email_token_user_fk" FOREIGN KEY ("organisation_id","user_id") REFERENCES "accounts"."user"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "email_token_key" ON "accounts"."email_token" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "email_token_user_idx" ON "accounts"."email_token" USING btree ("user_id","purpose","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "email_token_expires_idx" ON "accounts"."email_token" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "reset_request_email_idx" ON "accounts"."reset_request" USING btree ("email","at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "reset_request_address_idx" ON "accounts"."reset_request" USING btree ("address","at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "reset_request_at_idx" ON "accounts"."reset_request" USING btree ("at");