import { encode } from "@tollgate/kit/protocol";
import type postgres from "postgres";
import type { Table } from "./catalogue.js";
import { FILLERS, ROWS } from "./fillers.js";
import type { Organisation } from "./tree.js";
import { type EnumLookup, valueFor } from "./values.js";

type Row = Record<string, unknown>;

/** Queues are worked off and emptied: what is in them is planted by what is done. */
const NEVER_PLANTED = ["outbox", "tenancy"];

export const isPlanted = (table: Table): boolean => table.hasOrganisation && !NEVER_PLANTED.includes(table.name);

/**
 * Gives an organisation a row in each of these tables, with a canary in whatever can hold one.
 * @throws with the names of all tables that no row could be made for.
 */
export const plant = async (
  sql: postgres.Sql,
  tables: readonly Table[],
  organisation: Organisation,
  enums: EnumLookup,
): Promise<void> => {
  const failures: string[] = [];
  for (const table of tables.filter(isPlanted)) {
    const problem = await plantRow(sql, tables, table, organisation, enums);
    if (problem !== null) failures.push(`${table.key}: ${problem}`);
  }
  if (failures.length > 0)
    throw new Error(`No row can be made for ${organisation.name}; see fillers.ts:\n  ${failures.join("\n  ")}`);
};

/**
 * Rows for a table, the fullest first: where a check refuses one, others have another of the values that a column may
 * have, one, two or all that may be empty left out, or what is false true.
 */
function* variantsOf(row: Row, table: Table): Generator<Row> {
  yield row;
  const free = table.columns.filter(({ name }) => !(`${table.key}.${name}` in FILLERS));
  const optional = free.filter((column) => column.isNullable).map(({ name }) => name);
  const pairs = optional.flatMap((one, index) => optional.slice(index + 1).map((other) => [one, other]));
  const left = [[], ...optional.map((name) => [name]), optional, ...pairs];
  const flipped = Object.fromEntries(free.filter(({ type }) => type === "boolean").map(({ name }) => [name, true]));
  const choices: Row[] = free.flatMap(({ name, allowed }) => (allowed ?? []).map((value) => ({ [name]: value })));
  for (const choice of [{}, flipped, ...choices]) {
    for (const names of left) yield { ...row, ...choice, ...Object.fromEntries(names.map((name) => [name, null])) };
  }
}

/** @returns why it cannot be, or null. */
const plantRow = async (
  sql: postgres.Sql,
  tables: readonly Table[],
  table: Table,
  organisation: Organisation,
  enums: EnumLookup,
): Promise<string | null> => {
  const row: Row = {};
  for (const column of table.columns) {
    const filler = FILLERS[`${table.key}.${column.name}`];
    row[column.name] = filler ? filler(organisation) : valueFor(tables, table, column, organisation, enums);
  }
  const several = ROWS[table.key];
  let problem = "";
  for (const base of variantsOf(row, table)) {
    try {
      for (const one of several ? several.values.map((value) => ({ ...base, [several.column]: value })) : [base])
        await insert(sql, table, one);
      return null;
    } catch (error) {
      problem ||= error instanceof Error ? error.message : String(error);
    }
  }
  return problem;
};

const insert = async (sql: postgres.Sql, table: Table, row: Row): Promise<void> => {
  const columns = table.columns.map(({ name }) => name);
  const values = table.columns.map(({ name, type }) => asText(row[name], type));
  const list = columns.map((name) => `"${name}"`).join(", ");
  const places = table.columns.map(({ type }, index) => `$${index + 1}::text::${type}`).join(", ");
  await sql.begin(async (tx) => {
    // Triggers guard the ways that the domain takes; constraints stay, and foreign keys are looked at afterwards.
    await tx`set local session_replication_role = replica`;
    await tx.unsafe(`insert into "${table.schema}"."${table.name}" (${list}) values (${places})`, values);
  });
};

const asText = (value: unknown, type: string): string | null => {
  if (value === null || value === undefined) return null;
  if (type === "jsonb") return encode(value);
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return `\\x${value.toString("hex")}`;
  if (Array.isArray(value)) return `{${value.map((one) => JSON.stringify(String(one))).join(",")}}`;
  return String(value);
};

/** Foreign keys of planted rows that lead nowhere: the values of two tables do not fit together. */
export const danglingKeys = async (sql: postgres.Sql, tables: readonly Table[]): Promise<string[]> => {
  const found: string[] = [];
  for (const table of tables.filter(isPlanted)) {
    for (const { columns, target, targetColumns } of table.foreignKeys) {
      const [schema = "", name = ""] = target.split(".");
      const isSet = columns.map((column) => `a."${column}" is not null`).join(" and ");
      const fits = columns.map((column, index) => `b."${targetColumns[index]}" = a."${column}"`).join(" and ");
      const [row] = await sql.unsafe<{ count: number }[]>(
        `select count(*)::int from "${table.schema}"."${table.name}" a
          where ${isSet} and not exists (select 1 from "${schema}"."${name}" b where ${fits})`,
      );
      if (row && row.count > 0) found.push(`${table.key} (${columns.join(", ")}) → ${target}`);
    }
  }
  return found;
};
