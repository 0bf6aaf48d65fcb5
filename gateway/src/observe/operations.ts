import { createHash } from "node:crypto";
import { outcomeOf } from "@tollgate/kit/observe";
import type { RequestCaller } from "@tollgate/kit/protocol";
import type { Logger } from "pino";
import type { Transport } from "../execute/context.js";
import { meters } from "./meters.js";

/** One operation as it is logged: never its variables, never a token. */
export interface OperationRecord {
  name: string | null;
  kind: "query" | "mutation" | "subscription" | null;
  /** SHA-256 of the document in hexadecimal digits, as trusted documents are registered; null when none was sent. */
  hash: string | null;
  transport: Transport;
  caller: RequestCaller;
  /** Milliseconds of `performance.now()`. */
  startedAt: number;
  /** Codes of the errors, each once. */
  codes: readonly string[];
  /** Estimated; null when the operation was refused before. */
  cost: number | null;
  /** From subgraphs. */
  fetches: number;
  /** Of subscriptions: events that were delivered. */
  events?: number;
}

/** Clients choose the name, also of operations that are none. */
const longestName = 100;

/** The hash under which a document is registered and logged. */
export function documentHash(source: string): string {
  return createHash("sha256").update(source).digest("hex");
}

/** Counts an operation and writes its one line. */
export function logOperation(logger: Logger, record: OperationRecord): void {
  const { caller } = record;
  count(record);
  logger.info(
    {
      operation: record.name?.slice(0, longestName) ?? null,
      hash: record.hash,
      kind: record.kind,
      transport: record.transport,
      milliseconds: Math.round((performance.now() - record.startedAt) * 10) / 10,
      requestId: caller.requestId,
      userId: caller.claims?.sub ?? null,
      sessionId: caller.claims?.sid ?? null,
      organisationId: caller.claims?.org ?? null,
      ...(caller.narrowedOrganisationId && { narrowedOrganisationId: caller.narrowedOrganisationId }),
      fetches: record.fetches,
      ...(record.cost !== null && { cost: record.cost }),
      ...(record.events !== undefined && { events: record.events }),
      ...(record.codes.length > 0 && { codes: record.codes }),
    },
    "operation",
  );
}

function count({ kind, transport, codes, startedAt, events }: OperationRecord): void {
  const labels = { kind: kind ?? "none", transport, outcome: outcomeOf(codes) };
  meters.operations.observe(labels, (performance.now() - startedAt) / 1_000);
  for (const code of codes) meters.errors.inc({ code: outcomeOf([code]) });
  if (events !== undefined) meters.events.inc(events);
}
