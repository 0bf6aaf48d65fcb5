CREATE TABLE "organisations"."idempotency" (
	"organisation_id" uuid NOT NULL,
	"key" text NOT NULL,
	"digest" text NOT NULL,
	"result" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_pkey" PRIMARY KEY("organisation_id","key")
);
--> statement-breakpoint
CREATE TABLE "organisations"."invitation" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"email" text NOT NULL,
	"role_ids" uuid[] NOT NULL,
	"state" text DEFAULT 'PENDING' NOT NULL,
	"token_hash" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"invited_by" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	"sent_at" timestamp (3) with time zone NOT NULL,
	"times_sent" integer DEFAULT 1 NOT NULL,
	"accepted_at" timestamp (3) with time zone,
	"accepted_by" uuid,
	"revoked_at" timestamp (3) with time zone,
	"revoked_by" uuid,
	CONSTRAINT "invitation_organisation_key" UNIQUE("organisation_id","id"),
	CONSTRAINT "invitation_state_check" CHECK (state in ('PENDING', 'ACCEPTED', 'EXPIRED', 'REVOKED')),
	CONSTRAINT "invitation_roles_check" CHECK (cardinality(role_ids) between 1 and 20),
	CONSTRAINT "invitation_accepted_check" CHECK ((state = 'ACCEPTED') = (accepted_by is not null))
);
--> statement-breakpoint
CREATE TABLE "organisations"."person" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"organisation_id" uuid NOT NULL,
	"email" text NOT NULL,
	"display_name" text NOT NULL,
	"status" text NOT NULL,
	"version" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "organisations"."invitation" ADD CONSTRAINT "invitation_organisation_id_organisation_organisation_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "organisations"."organisation"("organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "idempotency_created_idx" ON "organisations"."idempotency" USING btree ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "invitation_token_key" ON "organisations"."invitation" USING btree ("token_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "invitation_pending_key" ON "organisations"."invitation" USING btree ("organisation_id",lower(email)) WHERE state = 'PENDING';--> statement-breakpoint
CREATE INDEX "invitation_created_idx" ON "organisations"."invitation" USING btree ("organisation_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "person_email_idx" ON "organisations"."person" USING btree ("organisation_id",lower(email));