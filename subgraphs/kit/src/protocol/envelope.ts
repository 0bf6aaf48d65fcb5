import { z } from "zod";
import type { RequestCaller } from "./caller.js";

/**
 * All that the gateway tells a subgraph beside GraphQL when they are processes of their own: `extensions.tollgate` of an
 * operation, over HTTP and over WebSocket. A subgraph believes it only where the call or the connection is signed by the
 * gateway, and who asks not even then: it verifies the access token itself. A `scope` is believed, but reads events alone.
 * The answer's way back is `SubgraphExtensions`, in the `extensions` of the response; strangers never get them.
 */
const shape = z.object({
  requestId: z.string().max(128),
  /** Null for an anonymous request. */
  accessToken: z.string().nullable(),
  /** In place of a token: what the gateway answers for itself, because it stands for several callers at once. */
  scope: z
    .object({
      org: z.uuid(),
      kind: z.enum(["INTERNAL", "RESELLER", "CUSTOMER"]),
      permissions: z.array(z.string().max(128)).max(1_000).readonly(),
    })
    .nullish(),
  narrowedOrganisationId: z.uuid().nullable(),
  address: z.string().max(128),
  userAgent: z.string().max(1024),
  refreshToken: z.string().nullable(),
  deviceToken: z.string().max(128).nullish(),
  locale: z.string().max(64).nullable(),
  /** Time left, which needs no agreement of clocks. */
  milliseconds: z.number(),
  minimumTenancyVersion: z.string().regex(/^\d+$/).nullable(),
  /** Of a subscription whose events are traced. */
  trace: z.object({ traceparent: z.string().max(64).optional(), tracestate: z.string().max(512).optional() }).nullish(),
});

export type Envelope = z.infer<typeof shape>;

/** An operation as it travels to a subgraph. */
export interface EnclosedOperation {
  query: string;
  operationName?: string | undefined;
  variables?: Record<string, unknown> | undefined;
  extensions: { tollgate: Envelope };
}

export const enclose = (caller: RequestCaller, now = Date.now()): Envelope => ({
  requestId: caller.requestId,
  accessToken: caller.accessToken ?? null,
  ...(caller.scope ? { scope: caller.scope } : {}),
  narrowedOrganisationId: caller.narrowedOrganisationId,
  address: caller.address,
  userAgent: caller.userAgent,
  refreshToken: caller.refreshToken,
  ...(caller.deviceToken ? { deviceToken: caller.deviceToken } : {}),
  locale: caller.locale,
  milliseconds: Math.max(0, Math.round(caller.deadline - now)),
  minimumTenancyVersion: caller.minimumTenancyVersion,
  ...(caller.trace ? { trace: caller.trace } : {}),
});

/** The caller but for its claims, which are read from the token. Null where there is no envelope or it has another form. */
export const unclose = (extensions: unknown, now = Date.now()): Omit<RequestCaller, "claims"> | null => {
  const found = z.object({ tollgate: shape }).safeParse(extensions);
  if (!found.success) return null;
  const { milliseconds, deviceToken = null, ...told } = found.data.tollgate;
  return { ...told, deviceToken, deadline: now + milliseconds };
};
