import { tableFiles } from "@tollgate/kit";
import type { AuditRow } from "./audit.js";

/** An entry with its hash, as hexadecimal text; null while it waits for its place in the chain. */
export type ExportRow = AuditRow & { hash: string | null };

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

/** How the trail is written, newest entry first. */
export const FORMATS: ReturnType<typeof tableFiles<ExportRow>> = tableFiles(COLUMNS);
