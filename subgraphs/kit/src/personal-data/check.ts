import type { Tx } from "../database/database.js";
import type { PersonalData } from "./personal-data.js";
import { isPersonal, type PersonalTable } from "./tables.js";

/** Columns that have something of a person in them, by how they are called. */
const SOUNDS_PERSONAL =
  /e_?mail|phone|display_name|(^|_)address(es)?$|agent|device|recipient|(^|_)by$|user_id$|person|author|actor|birth|invitee|used_from/;

interface Column {
  table: string;
  column: string;
}

/**
 * Compares what a subgraph declares with the tables that there are.
 * @returns a sentence for each table that is not declared, or is gone, and each column that sounds personal and is
 *   neither erased nor kept for a reason.
 */
export const checkPersonalData = async (tx: Tx, schema: string, data: PersonalData): Promise<string[]> => {
  const columns = await tx.sql<Column[]>`
    select c.relname as table, a.attname as column
      from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = ${schema}::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and a.attnum > 0 and not a.attisdropped and c.relname !~ '^__'
     order by 1, a.attnum`;
  const tables = Map.groupBy(columns, ({ table }) => table);
  const findings = Object.keys(data.tables).flatMap((table) =>
    tables.has(table) ? [] : [`${table} is declared, and is gone`],
  );
  for (const [table, rows] of tables) {
    const declaration = data.tables[table];
    const names = rows.map(({ column }) => column);
    if (!declaration) findings.push(`${table} is not declared: whose data is in it?`);
    else if (isPersonal(declaration)) findings.push(...findingsOf(table, declaration, names));
    else findings.push(...names.filter(sounds).map((column) => `${table} holds nothing of people, but has ${column}`));
  }
  return findings;
};

const sounds = (column: string): boolean => SOUNDS_PERSONAL.test(column);

const findingsOf = (table: string, declaration: PersonalTable, columns: readonly string[]): string[] => {
  const { by = [], byText = [], byEmail = [], secret = [], erase, eraseOrganisation, keeps = {} } = declaration;
  const replaced = typeof erase === "object" ? Object.keys(erase) : [];
  const ofOrganisation = typeof eraseOrganisation === "object" ? Object.keys(eraseOrganisation) : [];
  const named = [...by, ...byText, ...byEmail, ...secret, ...replaced, ...ofOrganisation, ...Object.keys(keeps)];
  const unknown = named.filter((column) => !columns.includes(column)).map((column) => `${table} has no ${column}`);
  if (erase === "DELETE") return unknown;
  // Ids lead to a pseudonym; an e-mail that a row is found by must be replaced as well.
  const covered = new Set([...by, ...byText, ...replaced, ...ofOrganisation, ...Object.keys(keeps)]);
  const left = columns.filter((column) => sounds(column) && !covered.has(column));
  return [...unknown, ...left.map((column) => `${table}.${column} sounds personal, but stays`)];
};
