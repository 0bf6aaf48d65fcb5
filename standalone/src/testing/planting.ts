import type { Subgraph } from "@tollgate/kit";
import postgres, { type Sql } from "postgres";

/** A table with the columns by which its rows are a person's. */
export interface PersonalRows {
  by: readonly string[];
  byEmail: readonly string[];
}

interface Column {
  name: string;
  type: string;
}

/** The server's administrator in the database of a running Tollgate, who sees past every law. */
export const administrator = async (serverUrl: string, subgraph: Subgraph): Promise<Sql> => {
  const [row] = await subgraph.database.system(
    "test",
    (tx) => tx.sql<{ name: string }[]>`select current_database() as name`,
  );
  const url = new URL(serverUrl);
  url.pathname = `/${row?.name ?? ""}`;
  // Changing a table waits for everybody who reads it: better to fail in words than to wait for good.
  return postgres(url.toString(), { max: 1, onnotice: () => undefined, connection: { lock_timeout: 20_000 } });
};

/** A value that says where it was planted. Secrets say so as well. */
const planted = (table: string, { name, type }: Column, isSecret: boolean): string => {
  const text = `${isSecret ? "hidden" : "planted"} ${table} ${name}`;
  if (type === "text") return `'${text}'`;
  if (type === "jsonb") return `'{"planted": "${text}"}'`;
  if (type === "bytea") return `'${text}'::bytea`;
  if (type === "uuid") return "gen_random_uuid()";
  if (type === "boolean") return "false";
  if (type.startsWith("timestamp")) return "now() - interval '1 day'";
  if (type.endsWith("[]")) return "'{}'";
  return "1";
};

/**
 * Adds a row of a person to a table whatever it looks like, with a value in each column that tells where it stands. Checks
 * and references do not count in it: it is there to be found.
 */
export const plant = async (
  sql: Sql,
  at: { schema: string; table: string; organisationId: string; userId: string; email: string },
  declared: PersonalRows & { secret: readonly string[] },
): Promise<void> => {
  const { schema, table, organisationId, userId, email } = at;
  const name = `"${schema}"."${table}"`;
  const checks = await sql<{ conname: string }[]>`
    select conname from pg_constraint where conrelid = ${name}::regclass and contype = 'c'`;
  for (const { conname } of checks) await sql.unsafe(`alter table ${name} drop constraint "${conname}"`);
  const columns = await sql<Column[]>`
    select attname as name, format_type(atttypid, null) as type from pg_attribute
     where attrelid = ${name}::regclass and attnum > 0 and not attisdropped and attgenerated = '' and attidentity = ''`;
  const literalOf = (column: Column): string => {
    if (declared.by.includes(column.name)) return `'${userId}'`;
    if (declared.byEmail.includes(column.name)) return `'${email}'`;
    if (column.name === "organisation_id") return `'${organisationId}'`;
    return planted(table, column, declared.secret.includes(column.name));
  };
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    const names = columns.map((column) => `"${column.name}"`).join(", ");
    await tx.unsafe(
      `insert into ${name} (${names}) values (${columns.map(literalOf).join(", ")}) on conflict do nothing`,
    );
  });
};

/** Tables of a schema with rows in which a text occurs. */
export const tablesWith = async (sql: Sql, schema: string, text: string): Promise<string[]> => {
  const tables = await sql<{ name: string }[]>`
    select relname as name from pg_class
     where relnamespace = ${schema}::regnamespace and relkind in ('r', 'p') and not relispartition`;
  const found: string[] = [];
  for (const { name } of tables) {
    const [row] = await sql.unsafe(
      `select 1 from "${schema}"."${name}" t where position(lower($1::text) in lower(t::text)) > 0 limit 1`,
      [text],
    );
    if (row) found.push(`${schema}.${name}`);
  }
  return found;
};
