-- Trigrams come with PostgreSQL as an extension that the owner of a schema may add. Where an administrator did so already,
-- they are used from where they stand; where there are none, people are searched without an index.
DO $$
DECLARE place text;
BEGIN
	IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') THEN
		CREATE EXTENSION IF NOT EXISTS pg_trgm;
	END IF;
	SELECT n.nspname INTO place FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm';
	IF place IS NOT NULL THEN
		EXECUTE format('CREATE INDEX "user_search_idx" ON "accounts"."user" USING gin ((display_name || '' '' || email) %I.gin_trgm_ops)', place);
	END IF;
END $$;
