import type postgres from "postgres";
import { SUBGRAPH_NAMES } from "../graph/names.js";

export interface Column {
  name: string;
  /** As PostgreSQL writes it, without precision: `uuid`, `text[]`, `timestamp with time zone`. */
  type: string;
  isNullable: boolean;
  /** The only values that a check allows; null where any will do. */
  allowed: readonly string[] | null;
}

export interface ForeignKey {
  columns: readonly string[];
  /** `schema.table`. */
  target: string;
  targetColumns: readonly string[];
}

export interface Table {
  schema: string;
  name: string;
  /** `schema.table`. */
  key: string;
  columns: readonly Column[];
  foreignKeys: readonly ForeignKey[];
  /** Whether its rows belong to an organisation. */
  hasOrganisation: boolean;
  /** Whether those below may read what those above have in it. */
  isInherited: boolean;
  isPartitioned: boolean;
  /** `system` and `queue`: hidden from all people, whose ever it is. */
  isHidden: boolean;
  /** Whether anybody may add a row, whose ever it is: what happened to whom is not for the one who says so to choose. */
  takesAll: boolean;
}

interface TableRow {
  schema: string;
  name: string;
  partitioned: boolean;
  policies: string[];
  columns: { name: string; type: string; nullable: boolean }[];
  checks: string[] | null;
  keys: { columns: string[]; target: string; targetColumns: string[] }[] | null;
}

/** All tables of the subgraphs' schemas as the database knows them, those that others refer to first. */
export const readCatalogue = async (sql: postgres.Sql): Promise<Table[]> => {
  const rows = await sql<TableRow[]>`
    select n.nspname as schema, c.relname as name, c.relkind = 'p' as partitioned,
      (select coalesce(array_agg(p.polname::text), '{}') from pg_policy p where p.polrelid = c.oid) as policies,
      (select jsonb_agg(jsonb_build_object('name', a.attname, 'nullable', not a.attnotnull,
          'type', regexp_replace(format_type(a.atttypid, a.atttypmod), '\\([0-9,]+\\)', '')) order by a.attnum)
         from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attidentity <> 'a') as columns,
      (select jsonb_agg(pg_get_constraintdef(k.oid)) from pg_constraint k where k.conrelid = c.oid and k.contype = 'c') as checks,
      (select jsonb_agg(jsonb_build_object('target', tn.nspname || '.' || t.relname,
          'columns', (select jsonb_agg(a.attname order by u.ord) from unnest(k.conkey) with ordinality u(num, ord)
                        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.num),
          'targetColumns', (select jsonb_agg(a.attname order by u.ord) from unnest(k.confkey) with ordinality u(num, ord)
                        join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.num)))
         from pg_constraint k join pg_class t on t.oid = k.confrelid join pg_namespace tn on tn.oid = t.relnamespace
        where k.conrelid = c.oid and k.contype = 'f' and k.conparentid = 0) as keys
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = any(${[...SUBGRAPH_NAMES]}) and c.relkind in ('r', 'p') and not c.relispartition
       and c.relname not like '\\_\\_%'
     order by 1, 2`;
  return referredFirst(rows.map(tableOf));
};

const tableOf = ({ schema, name, partitioned, policies, columns, checks, keys }: TableRow): Table => ({
  schema,
  name,
  key: `${schema}.${name}`,
  columns: columns.map((column) => ({
    name: column.name,
    type: column.type,
    isNullable: column.nullable,
    allowed: allowedBy(checks ?? [], column.name),
  })),
  foreignKeys: keys ?? [],
  hasOrganisation: columns.some((column) => column.name === "organisation_id"),
  isInherited: policies.includes("inherited"),
  isPartitioned: partitioned,
  isHidden: policies.includes("system"),
  takesAll: policies.includes("add"),
});

/** What `CHECK ((column = ANY (ARRAY['A'::text, …])))` allows. */
const allowedBy = (checks: readonly string[], column: string): string[] | null => {
  for (const check of checks) {
    const listed = /^CHECK \(\(\(?"?(\w+)"?\)?(?:::text)? = ANY \(\(?ARRAY\[([^\]]*)\]/.exec(check);
    if (listed?.[1] === column) return [...(listed[2] ?? "").matchAll(/'([^']*)'/g)].map((match) => match[1] ?? "");
  }
  return null;
};

const referredFirst = (tables: readonly Table[]): Table[] => {
  const sorted: Table[] = [];
  const visit = (table: Table, path: readonly string[]) => {
    if (sorted.includes(table) || path.includes(table.key)) return;
    for (const { target } of table.foreignKeys) {
      const referred = tables.find((candidate) => candidate.key === target);
      if (referred) visit(referred, [...path, table.key]);
    }
    sorted.push(table);
  };
  for (const table of tables) visit(table, []);
  return sorted;
};
