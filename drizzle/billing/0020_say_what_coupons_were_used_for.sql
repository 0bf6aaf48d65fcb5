ALTER TABLE "billing"."coupon_redemption" RENAME COLUMN "used_by" TO "used_for_id";--> statement-breakpoint
ALTER TABLE "billing"."coupon_redemption" DROP CONSTRAINT "coupon_redemption_used_by_key";--> statement-breakpoint
ALTER TABLE "billing"."coupon_redemption" ADD CONSTRAINT "coupon_redemption_used_for_key" UNIQUE("coupon_id","used_for_id");