ALTER TABLE "messaging"."mail" ALTER COLUMN "user_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "messaging"."mail" ALTER COLUMN "expires_at" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "messaging"."mail" ADD COLUMN "facts" jsonb DEFAULT '{}'::jsonb NOT NULL;