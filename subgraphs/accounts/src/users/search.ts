import type { Tx } from "@tollgate/kit";
import { containing } from "@tollgate/kit";
import { inArray, type SQL, sql } from "drizzle-orm";
import { user } from "../tables.js";

/** Shorter texts have no trigram, so that no index knows them. */
const SHORTEST_INDEXED = 3;
/** Where more are found, walking the list in its order comes upon the first page sooner than sorting them all. */
const MOST_FOUND = 1_000;

/**
 * Ids of the people within the scope of the transaction whose name or e-mail has a text in it. Runs as the owner of the
 * table, because under a policy PostgreSQL uses no index for texts; the scope is its own first condition.
 */
export const SEARCH_STATEMENTS = [
  `create or replace function search_users(pattern text, most int) returns setof uuid
   language plpgsql stable security definer set search_path = "accounts", pg_temp set plan_cache_mode = force_custom_plan
   as $body$
   declare scope text := nullif(current_setting('tollgate.path', true), '');
   begin
     if scope is null then return; end if;
     return query
       select u.id from "user" u join tenancy t on t.organisation_id = u.organisation_id
        where (u.display_name || ' ' || u.email) ilike pattern
          and t.path >= scope collate "C" and t.path < (scope || '~') collate "C" limit most;
   end $body$`,
];

/** Whose name or e-mail has this text in it, whatever its case. */
export const matching = async (tx: Tx, search: string): Promise<SQL | undefined> => {
  const text = search.trim();
  if (text === "") return undefined;
  const pattern = containing(text);
  const plain = sql`(${user.displayName} || ' ' || ${user.email}) ilike ${pattern}`;
  if (text.length < SHORTEST_INDEXED) return plain;
  const rows = await tx.sql<{ id: string }[]>`select search_users(${pattern}, ${MOST_FOUND + 1}) as id`;
  if (rows.length > MOST_FOUND) return plain;
  return inArray(
    user.id,
    rows.map(({ id }) => id),
  );
};
