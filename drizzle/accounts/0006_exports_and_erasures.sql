CREATE TABLE "accounts"."data_export" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"state" text NOT NULL,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"gather_until" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone,
	CONSTRAINT "data_export_organisation_key" UNIQUE("organisation_id","id")
);
--> statement-breakpoint
CREATE TABLE "accounts"."data_export_part" (
	"export_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"subgraph" text NOT NULL,
	"number" integer NOT NULL,
	"is_last" boolean NOT NULL,
	"is_cut" boolean NOT NULL,
	"sealed" "bytea" NOT NULL,
	CONSTRAINT "data_export_part_pkey" PRIMARY KEY("export_id","subgraph","number")
);
--> statement-breakpoint
CREATE TABLE "accounts"."erasure" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organisation_id" uuid NOT NULL,
	"subject" text NOT NULL,
	"subject_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"requested_by" uuid,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"completed_at" timestamp (3) with time zone,
	"sealed_email" "bytea",
	"locale" text,
	CONSTRAINT "erasure_organisation_key" UNIQUE("organisation_id","id"),
	CONSTRAINT "erasure_subject_key" UNIQUE("subject_id")
);
--> statement-breakpoint
CREATE TABLE "accounts"."erasure_confirmation" (
	"erasure_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"subgraph" text NOT NULL,
	"rows" integer NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "erasure_confirmation_pkey" PRIMARY KEY("erasure_id","subgraph")
);
--> statement-breakpoint
ALTER TABLE "accounts"."grant" ADD COLUMN "is_owner" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "accounts"."user" ADD COLUMN "unlocked_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "accounts"."data_export" ADD CONSTRAINT "data_export_user_fk" FOREIGN KEY ("organisation_id","user_id") REFERENCES "accounts"."user"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "accounts"."data_export_part" ADD CONSTRAINT "data_export_part_export_fk" FOREIGN KEY ("organisation_id","export_id") REFERENCES "accounts"."data_export"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "accounts"."erasure_confirmation" ADD CONSTRAINT "erasure_confirmation_erasure_fk" FOREIGN KEY ("organisation_id","erasure_id") REFERENCES "accounts"."erasure"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "data_export_gathering_key" ON "accounts"."data_export" USING btree ("user_id") WHERE state = 'GATHERING';--> statement-breakpoint
CREATE INDEX "data_export_user_idx" ON "accounts"."data_export" USING btree ("user_id","requested_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "data_export_open_idx" ON "accounts"."data_export" USING btree ("gather_until") WHERE state = 'GATHERING';--> statement-breakpoint
CREATE INDEX "data_export_expires_idx" ON "accounts"."data_export" USING btree ("expires_at") WHERE state = 'READY';--> statement-breakpoint
CREATE INDEX "erasure_requested_idx" ON "accounts"."erasure" USING btree ("requested_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "erasure_open_idx" ON "accounts"."erasure" USING btree ("requested_at") WHERE completed_at is null;--> statement-breakpoint
-- Of the built-in roles only the owner may erase people; organisations tells it of every member from now on.
SELECT set_config('tollgate.path', '/', true);--> statement-breakpoint
UPDATE "accounts"."grant" SET "is_owner" = true WHERE 'user:erase' = ANY("permissions");
