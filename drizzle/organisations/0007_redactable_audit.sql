ALTER TABLE "organisations"."audit_entry" ADD COLUMN "origin_salt" uuid DEFAULT gen_random_uuid();--> statement-breakpoint
ALTER TABLE "organisations"."audit_entry" ADD COLUMN "origin_digest" text;--> statement-breakpoint
ALTER TABLE "organisations"."audit_entry" ADD COLUMN "values_salt" uuid DEFAULT gen_random_uuid();--> statement-breakpoint
ALTER TABLE "organisations"."audit_entry" ADD COLUMN "values_digest" text;