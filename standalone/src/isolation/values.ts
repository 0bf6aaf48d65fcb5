import { createHash } from "node:crypto";
import type { Column, Table } from "./catalogue.js";
import { idOf, type Organisation } from "./tree.js";

/** Which values text columns have that show as an enum of the graph. */
export type EnumLookup = (table: Table, column: string) => readonly string[] | null;

/** The first of these that is allowed is taken: rows that are in use and show the most. */
const PREFERRED = [
  "ACTIVE",
  "ISSUED",
  "OPEN",
  "RUNNING",
  "CONNECTED",
  "DRAFT",
  "SUCCEEDED",
  "EMAIL",
  "USER",
  "PENDING",
];
const MINUTE = 60_000;
const YEAR = 365 * 86_400_000;

/** What other names rows go by where they are referred to. */
const ALIASES: Record<string, string> = {
  order: "customer_order",
  member: "membership",
  upload: "proof",
  author: "user",
  actor: "user",
  template: "vm_template",
};

const isPerson = (name: string): boolean => name === "user" || name === "user_id" || name.endsWith("_by");

/** The table whose id a name stands for: `wallet_id`, `created_by`, `previous_session_id`. */
export const entityOf = (tables: readonly Table[], schema: string | null, name: string): string | null => {
  if (isPerson(name)) return "user";
  const stem = name.replace(/_ids?$/, "");
  const plain = ALIASES[stem] ?? stem;
  const near = schema === null ? tables : tables.filter((table) => table.schema === schema);
  for (const candidates of [near, tables]) {
    const exact = candidates.find((table) => table.name === plain);
    if (exact) return exact.name;
    const longer = candidates.filter((table) => table.name.endsWith(`_${plain}`) || plain.endsWith(`_${table.name}`));
    const [longest] = longer.sort((a, b) => b.name.length - a.name.length);
    if (longest) return longest.name;
  }
  return null;
};

/** The id that a uuid column has in an organisation's row. */
const uuidFor = (tables: readonly Table[], table: Table, column: Column, organisation: Organisation): string => {
  if (column.name === "organisation_id" || column.name.endsWith("_organisation_id")) return organisation.id;
  if (column.name === "id") return idOf(organisation, table.name);
  const entity = entityOf(tables, table.schema, column.name);
  const what = entity ?? `${table.key}.${column.name}`;
  return what === "organisation" ? organisation.id : idOf(organisation, what);
};

const textFor = (table: Table, column: Column, organisation: Organisation, enums: EnumLookup): string => {
  const { canary, index } = organisation;
  const { name } = column;
  const listed = column.allowed ?? enums(table, name);
  if (listed) return PREFERRED.find((value) => listed.includes(value)) ?? listed[0] ?? "";
  if (/email|recipient/.test(name)) return `${table.name}@${canary.toLowerCase()}.example`;
  if (/phone/.test(name)) return `+278200${index}0${(table.name.length % 10) + 10}`;
  if (name === "locale") return "en-ZA";
  if (name === "time_zone") return "Africa/Johannesburg";
  if (name === "currency") return "ZAR";
  if (/hash|digest/.test(name)) return createHash("sha256").update(`${canary}/${table.key}.${name}`).digest("hex");
  if (/(^|_)address$|_from$/.test(name)) return `192.0.2.${index + 10}`;
  return `${canary} ${table.name} ${name}`;
};

const instantFor = (column: Column): Date | null => {
  if (/expires|until|deadline|_before|resend_allowed|next_/.test(column.name)) return new Date(Date.now() + YEAR);
  // Of a row that has ended somehow; most are not wanted so.
  if (column.isNullable && !/last_|started|sent|connected|published|checked|from/.test(column.name)) return null;
  return new Date(Math.floor(Date.now() / MINUTE) * MINUTE - 10 * MINUTE);
};

/** A number that shows whose it is, and that sums with others' would show as well. */
export const canaryNumber = (organisation: Organisation): bigint =>
  7_310_000_000n + BigInt(organisation.index) * 1_009n;

/** What a column has in an organisation's row, found from its name and type. */
export const valueFor = (
  tables: readonly Table[],
  table: Table,
  column: Column,
  organisation: Organisation,
  enums: EnumLookup,
): unknown => {
  const { type, name } = column;
  if (type === "uuid") return uuidFor(tables, table, column, organisation);
  if (type === "text" || type.startsWith("character")) return textFor(table, column, organisation, enums);
  if (type.startsWith("timestamp")) return instantFor(column);
  if (type === "date") return "2026-01-01";
  if (type === "boolean") return false;
  if (type === "text[]") return name === "permissions" ? ["vm:read"] : [`${organisation.canary} ${name}`];
  if (type === "uuid[]") return [idOf(organisation, entityOf(tables, table.schema, name) ?? `${table.key}.${name}`)];
  if (type.endsWith("[]")) return [];
  if (type === "smallint" || type === "integer") return 1;
  if (type === "bigint") return name === "version" ? 1 : canaryNumber(organisation);
  if (type === "numeric") return canaryNumber(organisation).toString();
  if (type === "double precision" || type === "real") return 40 + organisation.index;
  if (type === "jsonb") return { canary: organisation.canary };
  if (type === "bytea") return Buffer.from(organisation.canary);
  throw new Error(`${table.key}.${name} is of type ${type}, for which there is no value yet`);
};
