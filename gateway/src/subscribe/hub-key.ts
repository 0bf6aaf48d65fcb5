import { createHash, randomUUID } from "node:crypto";
import type { AccessClaims, RequestCaller } from "@tollgate/kit/protocol";
import type { PreparedOperation } from "../execute/execute.js";
import type { ForwardedHeaders, ForwardingCaller } from "../transport/forwarded.js";

/**
 * What two subscriptions must have in common to share their events: all that the graph, the operation and the
 * authorisation go by. Null for one that is nobody else's: with a wish for events of the past, or with one for the
 * explanation of its plan, which not everybody may see, or where `may` finds nothing in common.
 */
function keyOf(operation: PreparedOperation, may: unknown): string | null {
  const { supergraph, planned, operationName, coerced, explain } = operation;
  if (!planned.sharing || may === null || explain || planned.sharing.replays(coerced)) return null;
  const asked = [supergraph.id, planned.sharing.document, operationName, ordered(coerced)];
  return createHash("sha256")
    .update(JSON.stringify([asked, may]))
    .digest("base64");
}

/** For those who may see the same; null also for an anonymous caller, and for what depends on the person. */
export function scopeKey(operation: PreparedOperation): string | null {
  const { claims, narrowedOrganisationId, minimumTenancyVersion } = operation.context.caller;
  if (!claims || !operation.planned.sharing?.withinScope) return null;
  return keyOf(operation, [claims.org, claims.kind, narrowedOrganisationId, sorted(claims), minimumTenancyVersion]);
}

/** For those whom subgraphs cannot tell apart, since all that they are told of them is the same. */
export function headersKey(operation: PreparedOperation): string | null {
  const caller: ForwardingCaller = operation.context.caller;
  return keyOf(operation, caller.forwarded ? ordered(identifying(caller.forwarded)) : null);
}

/**
 * The caller that stands for all who have the same key: their scope, and nothing of any of them.
 * @param milliseconds that subscribing may take, each time that it is done
 */
export function callerOfScope(caller: RequestCaller, milliseconds: number): RequestCaller {
  const { claims } = caller;
  if (!claims) throw new TypeError("A caller without claims has no scope");
  return {
    requestId: randomUUID(),
    claims: null,
    scope: { org: claims.org, kind: claims.kind, permissions: sorted(claims) },
    accessToken: null,
    narrowedOrganisationId: caller.narrowedOrganisationId,
    address: "-",
    userAgent: "-",
    refreshToken: null,
    locale: null,
    minimumTenancyVersion: caller.minimumTenancyVersion,
    // Of the first one: it tells where the stream came from, and nobody but the operator sees it.
    trace: caller.trace ?? null,
    // It is opened again whenever it is lost, for as long as anybody listens.
    get deadline() {
      return Date.now() + milliseconds;
    },
  };
}

/**
 * The caller that stands for all whose headers are the same.
 * @param milliseconds that subscribing may take, each time that it is done
 */
export function callerOfHeaders(caller: ForwardingCaller, milliseconds: number): ForwardingCaller {
  return {
    ...caller,
    requestId: randomUUID(),
    forwarded: identifying(caller.forwarded ?? {}),
    // As above.
    get deadline() {
      return Date.now() + milliseconds;
    },
  };
}

/** Without those that are one operation's. */
function identifying({ traceparent: _, tracestate: __, ...headers }: ForwardedHeaders): ForwardedHeaders {
  return headers;
}

function sorted({ permissions }: AccessClaims): string[] {
  return [...permissions].sort();
}

/** A value that is written alike for equal ones, in whatever order the keys of their objects are. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return { entries: entries.map(([name, entry]) => [name, ordered(entry)]) };
}
