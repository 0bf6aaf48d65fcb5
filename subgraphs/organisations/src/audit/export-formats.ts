import type { AuditRow } from "./audit.js";

export type ExportFormat = "CSV" | "JSON_LINES";

/** An entry with its hash, as hexadecimal text; null while it waits for its place in the chain. */
export type ExportRow = AuditRow & { hash: string | null };

interface Format {
  contentType: string;
  extension: string;
  head: string;
  lines(rows: readonly ExportRow[]): string;
}

const COLUMNS = [
  "id",
  "at",
  "organisationId",
  "actorKind",
  "actorId",
  "actorName",
  "action",
  "resource",
  "resourceId",
  "outcome",
  "problem",
  "subgraph",
  "address",
  "userAgent",
  "requestId",
  "occurrences",
  "before",
  "after",
  "hash",
] as const satisfies readonly (keyof ExportRow)[];

/** Numbers beyond what JSON can hold are written as text. */
const jsonOf = (value: unknown): string =>
  JSON.stringify(value, (_key, entry: unknown) => (typeof entry === "bigint" ? entry.toString() : entry));

/** Spreadsheets calculate what begins with one of these: somebody's name must not become a formula. */
const FORMULA = /^[=+\-@\t\r\n]/;

/** One cell of RFC 4180. */
export const csvCell = (text: string): string => {
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
};

const textOf = (value: unknown): string => {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return value.toISOString();
  return typeof value === "string" ? value : jsonOf(value);
};

const csvLine = (row: ExportRow): string => `${COLUMNS.map((column) => csvCell(textOf(row[column]))).join(",")}\r\n`;

const jsonLine = (row: ExportRow): string =>
  `${jsonOf(Object.fromEntries(COLUMNS.map((column) => [column, row[column]])))}\n`;

/** How the trail is written, newest entry first. */
export const FORMATS: Readonly<Record<ExportFormat, Format>> = {
  CSV: {
    contentType: "text/csv; charset=utf-8",
    extension: "csv",
    head: `${COLUMNS.join(",")}\r\n`,
    lines: (rows) => rows.map(csvLine).join(""),
  },
  JSON_LINES: {
    contentType: "application/jsonl; charset=utf-8",
    extension: "jsonl",
    head: "",
    lines: (rows) => rows.map(jsonLine).join(""),
  },
};
