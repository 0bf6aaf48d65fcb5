import type postgres from "postgres";
import type { Table } from "./catalogue.js";
import { idsOf } from "./leaks.js";
import type { Organisation } from "./tree.js";

const digestsOfOwned = (sql: postgres.Sql, { schema, name }: Table, ids: readonly string[]) => sql<
  { digest: string }[]
>`
  select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as digest
    from ${sql(schema)}.${sql(name)} t where t.organisation_id = any(${[...ids]})`;

const digestsOfOthers = (sql: postgres.Sql, { schema, name }: Table, patterns: readonly string[]) => sql<
  { digest: string }[]
>`
  select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as digest
    from ${sql(schema)}.${sql(name)} t where t::text like any(${[...patterns]})`;

/** One text for each table that changes when any row of these organisations does, or one that names something of theirs. */
export const digestOf = async (
  sql: postgres.Sql,
  tables: readonly Table[],
  organisations: readonly Organisation[],
): Promise<Map<string, string>> => {
  const own = organisations.map((one) => one.id);
  const ids = organisations.flatMap((one) => [one.id, ...idsOf(tables, one).map(({ id }) => id)]);
  const patterns = ids.map((id) => `%${id}%`);
  const digests = new Map<string, string>();
  for (const table of tables) {
    const [row] = await (table.hasOrganisation
      ? digestsOfOwned(sql, table, own)
      : digestsOfOthers(sql, table, patterns));
    digests.set(table.key, row?.digest ?? "");
  }
  return digests;
};
