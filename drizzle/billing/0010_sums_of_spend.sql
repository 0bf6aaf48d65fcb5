CREATE TABLE "billing"."spend_part" (
	"organisation_id" uuid NOT NULL,
	"wallet_id" uuid NOT NULL,
	"part" timestamp (3) with time zone NOT NULL,
	"amount" bigint NOT NULL,
	CONSTRAINT "spend_part_pkey" PRIMARY KEY("wallet_id","part"),
	CONSTRAINT "spend_part_check" CHECK (extract(epoch from part) % 21600 = 0)
);
--> statement-breakpoint
CREATE TABLE "billing"."spend_progress" (
	"wallet_id" uuid PRIMARY KEY NOT NULL,
	"organisation_id" uuid NOT NULL,
	"position" bigint NOT NULL,
	"usage_until" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "billing"."usage_day" (
	"organisation_id" uuid NOT NULL,
	"day" timestamp (3) with time zone NOT NULL,
	"vm_id" uuid NOT NULL,
	"resource" text NOT NULL,
	"code" text NOT NULL,
	"currency" text NOT NULL,
	"amount" bigint NOT NULL,
	CONSTRAINT "usage_day_pkey" PRIMARY KEY("organisation_id","day","vm_id","resource","code","currency"),
	CONSTRAINT "usage_day_check" CHECK (extract(epoch from day) % 86400 = 0)
);
--> statement-breakpoint
ALTER TABLE "billing"."spend_part" ADD CONSTRAINT "spend_part_wallet_fk" FOREIGN KEY ("organisation_id","wallet_id") REFERENCES "billing"."wallet"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."spend_progress" ADD CONSTRAINT "spend_progress_wallet_fk" FOREIGN KEY ("organisation_id","wallet_id") REFERENCES "billing"."wallet"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "spend_progress_organisation_idx" ON "billing"."spend_progress" USING btree ("organisation_id");