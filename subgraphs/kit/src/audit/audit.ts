import type { Caller } from "../caller/caller.js";
import type { Tx } from "../database/database.js";
import { emit, newEventId } from "../events/outbox.js";
import { encode } from "../protocol/codec.js";
import type { ErrorCode } from "../protocol/error-codes.js";
import { noteRecord } from "./mutations.js";

export const AUDIT_EVENT = "audit.recorded";

/** One line of the trail before it reaches organisations, which keeps the trail. */
export interface AuditRecord {
  subgraph: string;
  organisationId: string | null;
  actorKind: "USER" | "API_KEY" | "SYSTEM";
  actorId: string | null;
  /** The name of a system caller. */
  actorName: string | null;
  /** `resource:action` of the permission that was asked, or of what happened. */
  action: string;
  resource: string;
  resourceId: string | null;
  before: unknown;
  after: unknown;
  outcome: "SUCCEEDED" | "REFUSED" | "FAILED";
  problem: ErrorCode | null;
  address: string | null;
  userAgent: string | null;
  requestId: string | null;
  at: Date;
  /** How many like it were gathered into this one; refusals in a row are. */
  occurrences: number;
}

export interface AuditDetails {
  action: string;
  resource: string;
  resourceId?: string | null;
  /** Whose trail it enters; the caller's own organisation when left out. */
  organisationId?: string | null;
  before?: unknown;
  after?: unknown;
  outcome?: AuditRecord["outcome"];
  problem?: ErrorCode | null;
  /** Acting user where the caller is the system on its behalf (signing in). */
  userId?: string | null;
  /** Acting API key where the caller is the system on its behalf. */
  apiKeyId?: string | null;
  occurrences?: number;
}

const MASKED = /password|secret|token|code|hash|proof/i;

/** The same value with everything that sounds like a secret masked. */
export const maskSecrets = (value: unknown): unknown => {
  if (value === null || typeof value !== "object" || value instanceof Date || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(maskSecrets);
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, MASKED.test(key) && entry !== null ? "•••" : maskSecrets(entry)]),
  );
};

const known = (text: string): string | null => (text === "-" ? null : text);

const recordOf = (subgraph: string, caller: Caller, details: AuditDetails): AuditRecord => {
  const actorId = caller.kind === "USER" ? caller.userId : (details.apiKeyId ?? details.userId ?? null);
  const isApiKey = caller.kind === "USER" ? caller.isApiKey === true : typeof details.apiKeyId === "string";
  return {
    subgraph,
    organisationId: details.organisationId ?? (caller.kind === "USER" ? caller.organisationId : null),
    actorKind: actorId === null ? "SYSTEM" : isApiKey ? "API_KEY" : "USER",
    actorId,
    actorName: caller.kind === "SYSTEM" ? caller.name : null,
    action: details.action,
    resource: details.resource,
    resourceId: details.resourceId ?? null,
    before: maskSecrets(details.before ?? null),
    after: maskSecrets(details.after ?? null),
    outcome: details.outcome ?? "SUCCEEDED",
    problem: details.problem ?? null,
    address: known(caller.address),
    userAgent: known(caller.userAgent),
    requestId: known(caller.requestId),
    at: new Date(),
    occurrences: details.occurrences ?? 1,
  };
};

/**
 * Records what was done, in the transaction of the change: it enters the local outbox and reaches the trail that
 * organisations keeps. Each record stands alone, so that nobody queues behind an aggregate's lock for it.
 */
export const audit = async (tx: Tx, subgraph: string, details: AuditDetails): Promise<void> => {
  const record = recordOf(subgraph, tx.caller, details);
  noteRecord(tx.caller);
  await emit(tx, { type: AUDIT_EVENT, aggregateId: null, organisationId: record.organisationId, payload: record });
};

/** Records many things that were done, in one statement: for work that goes by sets. Each by its own caller, if it has one. */
export const auditAll = async (
  tx: Tx,
  subgraph: string,
  all: readonly (AuditDetails & { caller?: Caller })[],
): Promise<void> => {
  if (all.length === 0) return;
  const records = all.map(({ caller = tx.caller, ...details }) => recordOf(subgraph, caller, details));
  for (const { caller = tx.caller } of all) noteRecord(caller);
  await tx.sql`
    select emit(e.id, ${AUDIT_EVENT}, null, e.organisation_id, e.payload::jsonb, null, null, ${new Date().toISOString()})
      from unnest(${records.map(() => newEventId())}::uuid[], ${records.map((record) => record.organisationId)}::uuid[],
        ${records.map(encode)}::text[]) as e(id, organisation_id, payload)`;
};
