ALTER TABLE "billing"."coupon_redemption" RENAME COLUMN "issuer_id" TO "issuer_organisation_id";
