ALTER TABLE "billing"."hold" DROP CONSTRAINT "hold_amount_check";--> statement-breakpoint
ALTER TABLE "billing"."hold" ADD COLUMN "captured_tax" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "billing"."machine" ADD COLUMN "stop_rank" integer;--> statement-breakpoint
ALTER TABLE "billing"."metering" ADD COLUMN "tax_used" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "billing"."metering" ADD COLUMN "tax_charged" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "billing"."usage_record" ADD COLUMN "price_list_id" uuid;--> statement-breakpoint
ALTER TABLE "billing"."usage_record" ADD COLUMN "volume_basis_points" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "billing"."usage_record" ADD COLUMN "promotion_basis_points" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "billing"."hold" ADD CONSTRAINT "hold_amount_check" CHECK (amount >= 0 and captured between 0 and amount and captured_tax between 0 and captured);--> statement-breakpoint
ALTER TABLE "billing"."machine" ADD CONSTRAINT "machine_stop_rank_check" CHECK (stop_rank >= 1);