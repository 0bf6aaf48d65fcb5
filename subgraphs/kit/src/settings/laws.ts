/** A scope that was entered; `/` is a system caller's. */
const SCOPE = "nullif(current_setting('tollgate.path', true), '')";

/**
 * What is written for settings, nearest organisation first: each finds its ancestors by its own path, so that reading one
 * costs a few rows however large the tree is. It runs as the migrator, whom `settingPolicies` let read everything, and
 * looks after the scope itself: organisations of the caller's estate and those above it. A plan that was made and kept
 * while the tables were small must not read all of them later, so it looks up one row after the other by its key from the
 * beginning (`offset 0` keeps that from being made a join).
 */
export const settingFunctions = (schema: string): string[] => [
  `create or replace function settings_of(organisations uuid[], keys text[])
   returns table (organisation_id uuid, key text, written_at uuid, value jsonb, sealed bytea, key_id text,
     changed_at timestamptz, changed_by uuid)
   language sql stable security definer set search_path = "${schema}", pg_temp
   set enable_seqscan = off as $body$
     select distinct on (t.organisation_id, v.key) t.organisation_id, v.key, v.organisation_id, v.value, v.sealed, v.key_id,
         v.changed_at, v.changed_by
       from tenancy t
       cross join lateral unnest(string_to_array(trim(both '/' from t.path), '/')::uuid[]) with ordinality a(id, depth)
       cross join unnest(keys) wanted(key)
       cross join lateral (select * from setting_value s
         where s.organisation_id = a.id and s.key = wanted.key and s.is_set offset 0) v
      where t.organisation_id = any(coalesce(organisations,
          array(select r.organisation_id from tenancy r order by r.path collate "C" limit 1)))
        and (starts_with(t.path, ${SCOPE}) or starts_with(${SCOPE}, t.path))
      order by t.organisation_id, v.key, a.depth desc
   $body$`,
];

/** Beside those of the estate, for `settings_of`. */
export const settingPolicies = (schema: string): string[] => [
  `create policy own on %t for select to "${schema}_migrator" using (true)`,
];
