ALTER TABLE "billing"."top_up" ADD COLUMN "coupon_code" text;--> statement-breakpoint
ALTER TABLE "billing"."top_up" ADD COLUMN "bonus" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "billing"."top_up" ADD COLUMN "bonus_entry_id" uuid;--> statement-breakpoint
ALTER TABLE "billing"."top_up" ADD COLUMN "bonus_returned" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "billing"."top_up" ADD COLUMN "incident" text;--> statement-breakpoint
ALTER TABLE "billing"."top_up" ADD CONSTRAINT "top_up_bonus_check" CHECK (bonus >= 0 and bonus_returned >= 0 and bonus_returned <= bonus);