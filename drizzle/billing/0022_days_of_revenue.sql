CREATE TABLE "billing"."revenue_day" (
	"organisation_id" uuid NOT NULL,
	"wallet_id" uuid NOT NULL,
	"day" integer NOT NULL,
	"amount" bigint NOT NULL,
	CONSTRAINT "revenue_day_pkey" PRIMARY KEY("wallet_id","day")
);
--> statement-breakpoint
ALTER TABLE "billing"."spend_progress" ADD COLUMN "revenue_position" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "billing"."revenue_day" ADD CONSTRAINT "revenue_day_wallet_fk" FOREIGN KEY ("organisation_id","wallet_id") REFERENCES "billing"."wallet"("organisation_id","id") ON DELETE no action ON UPDATE no action;