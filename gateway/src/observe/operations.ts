import type { RequestCaller } from "@tollgate/kit/protocol";
import type { Logger } from "pino";
import type { Transport } from "../execute/context.js";

/** One operation as it is logged: never its variables, never a token. */
export interface OperationRecord {
  name: string | null;
  kind: "query" | "mutation" | "subscription" | null;
  transport: Transport;
  caller: RequestCaller;
  /** Milliseconds of `performance.now()`. */
  startedAt: number;
  /** Codes of the errors, each once. */
  codes: readonly string[];
  /** Estimated; null when the operation was refused before. */
  cost: number | null;
  /** Of subscriptions: events that were delivered. */
  events?: number;
}

/** Clients choose the name, also of operations that are none. */
const longestName = 100;

/** Writes the one line of an operation. */
export function logOperation(logger: Logger, record: OperationRecord): void {
  const { caller } = record;
  logger.info(
    {
      operation: record.name?.slice(0, longestName) ?? null,
      kind: record.kind,
      transport: record.transport,
      milliseconds: Math.round((performance.now() - record.startedAt) * 10) / 10,
      requestId: caller.requestId,
      userId: caller.claims?.sub ?? null,
      sessionId: caller.claims?.sid ?? null,
      organisationId: caller.claims?.org ?? null,
      ...(caller.narrowedOrganisationId && { narrowedOrganisationId: caller.narrowedOrganisationId }),
      ...(record.cost !== null && { cost: record.cost }),
      ...(record.events !== undefined && { events: record.events }),
      ...(record.codes.length > 0 && { codes: record.codes }),
    },
    "operation",
  );
}
