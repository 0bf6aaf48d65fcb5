/** How rows become a file that somebody downloads. */
export interface TableFile<Row> {
  contentType: string;
  extension: string;
  /** Before the first row. */
  head: string;
  lines(rows: readonly Row[]): string;
}

export type TableFormat = "CSV" | "JSON_LINES";

/** Numbers beyond what JSON can hold are written as text. */
const jsonOf = (value: unknown): string =>
  JSON.stringify(value, (_key, entry: unknown) => (typeof entry === "bigint" ? entry.toString() : entry));

/** Spreadsheets calculate what begins with one of these: somebody's name must not become a formula. */
const FORMULA = /^[=+\-@\t\r\n]/;
/** An amount that was taken away calculates nothing. */
const NUMBER = /^-\d+(\.\d+)?$/;

/** One cell of RFC 4180. */
const csvCell = (text: string): string => {
  const harmless = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
};

const textOf = (value: unknown): string => {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return value.toISOString();
  return typeof value === "string" ? value : jsonOf(value);
};

/** Rows as CSV, and as JSON with an object a line; the columns are those named, in that order. */
export const tableFiles = <Row>(columns: readonly (keyof Row & string)[]): Record<TableFormat, TableFile<Row>> => ({
  CSV: {
    contentType: "text/csv; charset=utf-8",
    extension: "csv",
    head: `${columns.join(",")}\r\n`,
    lines: (rows) =>
      rows.map((row) => `${columns.map((column) => csvCell(textOf(row[column]))).join(",")}\r\n`).join(""),
  },
  JSON_LINES: {
    contentType: "application/jsonl; charset=utf-8",
    extension: "jsonl",
    head: "",
    lines: (rows) =>
      rows.map((row) => `${jsonOf(Object.fromEntries(columns.map((column) => [column, row[column]])))}\n`).join(""),
  },
});
