CREATE TABLE "billing"."quote_line" (
	"organisation_id" uuid NOT NULL,
	"quote_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"item_organisation_id" uuid NOT NULL,
	"item_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"quantity" integer NOT NULL,
	"unit_price" bigint NOT NULL,
	"amount" bigint NOT NULL,
	CONSTRAINT "quote_line_pkey" PRIMARY KEY("quote_id","position"),
	CONSTRAINT "quote_line_check" CHECK (quantity > 0 and unit_price >= 0 and amount = quantity * unit_price)
);
--> statement-breakpoint
ALTER TABLE "billing"."quote" ALTER COLUMN "vm" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "billing"."quote_line" ADD CONSTRAINT "quote_line_quote_fk" FOREIGN KEY ("organisation_id","quote_id") REFERENCES "billing"."quote"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."quote_line" ADD CONSTRAINT "quote_line_item_fk" FOREIGN KEY ("item_organisation_id","item_id") REFERENCES "billing"."catalogue_item"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "quote_line_organisation_idx" ON "billing"."quote_line" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "quote_line_item_idx" ON "billing"."quote_line" USING btree ("item_id");