import { createHash, randomUUID } from "node:crypto";
import type { AccessClaims, RequestCaller } from "@tollgate/kit/protocol";
import type { PreparedOperation } from "../execute/execute.js";

/**
 * What two subscriptions must have in common to share their events: all that the graph, the operation and the
 * authorisation go by. Null for one that is nobody else's: of an anonymous caller, with a field that depends on the person,
 * with a wish for events of the past, or with one for the explanation of its plan, which not everybody may see.
 */
export function sharingKey(operation: PreparedOperation): string | null {
  const { supergraph, planned, operationName, coerced, context, explain } = operation;
  const { claims, narrowedOrganisationId, minimumTenancyVersion } = context.caller;
  if (!planned.sharing || !claims || explain || planned.sharing.replays(coerced)) return null;
  const asked = [supergraph.id, planned.sharing.document, operationName, ordered(coerced)];
  const may = [claims.org, claims.kind, narrowedOrganisationId, sorted(claims), minimumTenancyVersion];
  return createHash("sha256")
    .update(JSON.stringify([asked, may]))
    .digest("base64");
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
