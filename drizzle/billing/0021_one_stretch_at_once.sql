-- Of a machine with several stretches without an end, each but the last ends where the next begins.
DO $$ BEGIN
	PERFORM set_config('tollgate.path', '/', true);
	UPDATE "billing"."run" r SET "to_at" = f."from_at"
		FROM (SELECT "id", lead("from_at") OVER (PARTITION BY "vm_id" ORDER BY "from_at", "id") AS "from_at"
			FROM "billing"."run" WHERE "to_at" IS NULL) f
		WHERE f."id" = r."id" AND f."from_at" IS NOT NULL;
END $$;--> statement-breakpoint
CREATE UNIQUE INDEX "run_open_key" ON "billing"."run" USING btree ("vm_id") WHERE to_at is null;
