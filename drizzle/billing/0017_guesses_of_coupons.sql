CREATE TABLE "billing"."coupon_guess" (
	"organisation_id" uuid NOT NULL,
	"code" text NOT NULL,
	"guessed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "coupon_guess_key" PRIMARY KEY("organisation_id","code"),
	CONSTRAINT "coupon_guess_code_check" CHECK (length(code) between 1 and 40)
);
--> statement-breakpoint
CREATE INDEX "coupon_code_idx" ON "billing"."coupon" USING btree ("code");