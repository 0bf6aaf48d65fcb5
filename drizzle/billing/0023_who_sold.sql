ALTER TABLE "billing"."customer_order" ADD COLUMN "seller_id" uuid;--> statement-breakpoint
DO $$ BEGIN
	PERFORM set_config('tollgate.path', '/', true);
	UPDATE "billing"."customer_order" o SET "seller_id" = t."parent_id"
		FROM "billing"."tenancy" t WHERE t."organisation_id" = o."organisation_id";
END $$;
