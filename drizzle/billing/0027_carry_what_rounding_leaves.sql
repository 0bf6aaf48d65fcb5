ALTER TABLE "billing"."service_subscription" ADD COLUMN "carried" jsonb;--> statement-breakpoint
ALTER TABLE "billing"."service_subscription" ADD COLUMN "carried_tax" jsonb;