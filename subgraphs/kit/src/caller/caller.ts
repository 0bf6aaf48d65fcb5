import { ForbiddenFault, UnauthenticatedFault } from "../faults/fault.js";
import type { CallerScope, RequestCaller } from "../protocol/caller.js";

/** A person who is signed in, or an API key of an organisation. */
export interface UserCaller {
  kind: "USER";
  /** Of an API key its own id, which is nobody's. */
  userId: string;
  sessionId: string;
  /** The user's own organisation. */
  organisationId: string;
  permissions: ReadonlySet<string>;
  /** Stands for all who share one live subscription: there is no user, no session and no telling whether a person asks: reading it throws. */
  isShared?: true;
  /** An API key asks and no person. */
  isApiKey?: true;
}

/** A job, an event handler or the sign-in itself; sees the whole tree. `name` goes into the audit trail. */
export interface SystemCaller {
  kind: "SYSTEM";
  name: string;
}

export interface AnonymousCaller {
  kind: "ANONYMOUS";
}

/** Where a request came from and until when it is awaited. */
export interface RequestOrigin {
  requestId: string;
  address: string;
  userAgent: string;
  locale: string | null;
  /** Epoch milliseconds. */
  deadline: number | null;
  /** Organisation of `x-organisation-id`, not yet checked: entering a transaction refuses one outside the estate. */
  narrowedOrganisationId: string | null;
  minimumTenancyVersion: bigint | null;
}

/** Who asks; set before anything else at every entry point. */
export type Caller = (UserCaller | SystemCaller | AnonymousCaller) & RequestOrigin;

const NOWHERE: RequestOrigin = {
  requestId: "-",
  address: "-",
  userAgent: "-",
  locale: null,
  deadline: null,
  narrowedOrganisationId: null,
  minimumTenancyVersion: null,
};

/** A named system caller, such as `relay`. With `origin` it acts within a request (signing in). */
export const systemCaller = (name: string, origin: RequestOrigin = NOWHERE): SystemCaller & RequestOrigin => ({
  ...originOf(origin),
  narrowedOrganisationId: null,
  kind: "SYSTEM",
  name,
});

const originOf = (origin: RequestOrigin): RequestOrigin => ({
  requestId: origin.requestId,
  address: origin.address,
  userAgent: origin.userAgent,
  locale: origin.locale,
  deadline: origin.deadline,
  narrowedOrganisationId: origin.narrowedOrganisationId,
  minimumTenancyVersion: origin.minimumTenancyVersion,
});

/** The caller of a request whose claims the edge has verified. */
export const callerOf = (request: RequestCaller): Caller => {
  const origin: RequestOrigin = {
    requestId: request.requestId,
    address: request.address,
    userAgent: request.userAgent.slice(0, 400),
    locale: request.locale,
    deadline: request.deadline,
    narrowedOrganisationId: request.claims ? request.narrowedOrganisationId : null,
    minimumTenancyVersion: request.minimumTenancyVersion === null ? null : BigInt(request.minimumTenancyVersion),
  };
  if (request.scope) {
    return sharedCaller(request.scope, { ...origin, narrowedOrganisationId: request.narrowedOrganisationId });
  }
  if (!request.claims) return { ...origin, kind: "ANONYMOUS" };
  return {
    ...origin,
    kind: "USER",
    userId: request.claims.sub,
    sessionId: request.claims.sid,
    organisationId: request.claims.org,
    permissions: new Set(request.claims.permissions),
    ...(request.claims.apiKey && { isApiKey: true as const }),
  };
};

/** Something wanted to know the person where several share the answer. */
export class PersonUnknown extends Error {
  constructor(what: string) {
    super(`${what} was read where callers share the answer: the field needs @tag(name: "per-person")`);
  }
}

/**
 * All who share a live subscription, as one. Reading the user, the session or whether it is an API key throws
 * PersonUnknown, copying the caller with `...` as well: what depends on one of them is found out instead of being answered
 * for somebody else.
 */
const sharedCaller = (scope: CallerScope, origin: RequestOrigin): UserCaller & RequestOrigin => ({
  ...origin,
  kind: "USER",
  isShared: true,
  organisationId: scope.org,
  permissions: new Set(scope.permissions),
  get userId(): string {
    throw new PersonUnknown("The user's id");
  },
  get sessionId(): string {
    throw new PersonUnknown("The session's id");
  },
  get isApiKey(): undefined {
    throw new PersonUnknown("Whether a person asks");
  },
});

/** The same caller with something changed. A copy made with `...` would read who a shared one is. */
export const callerWith = <C extends Caller>(caller: C, changes: Partial<RequestOrigin>): C => {
  const properties = { ...Object.getOwnPropertyDescriptors(caller), ...Object.getOwnPropertyDescriptors(changes) };
  return Object.defineProperties({}, properties) as C; // all properties of one, some of them with other values
};

export const holds = (caller: Caller, permission: string): boolean =>
  caller.kind === "SYSTEM" || (caller.kind === "USER" && caller.permissions.has(permission));

/** @throws UnauthenticatedFault for anybody who is not signed in. */
export const requireUser = (caller: Caller): UserCaller & RequestOrigin => {
  if (caller.kind !== "USER") throw new UnauthenticatedFault();
  return caller;
};

/** @throws UnauthenticatedFault for anybody who is not signed in; ForbiddenFault for an API key, which is nobody. */
export const requirePerson = (caller: Caller): UserCaller & RequestOrigin => {
  const user = requireUser(caller);
  if (user.isApiKey) throw new ForbiddenFault("Only a person may do this, not an API key.", "POLICY");
  return user;
};

/** Id of the person who asks; null for an API key, which is nobody. @throws UnauthenticatedFault. */
export const personOf = (caller: Caller): string | null => {
  const user = requireUser(caller);
  return user.isApiKey ? null : user.userId;
};

/** @throws UnauthenticatedFault or ForbiddenFault. */
export const requirePermission = (caller: Caller, permission: string): void => {
  if (caller.kind === "ANONYMOUS") throw new UnauthenticatedFault();
  if (holds(caller, permission)) return;
  throw new ForbiddenFault(`This needs the permission ${permission}.`, "MISSING_PERMISSION", permission);
};

/**
 * The same caller without its narrowing: for what is the person's own (profile, sessions, notifications), which is kept
 * in the own organisation whichever the person acts for. Never for anything else, or the narrowing would mean nothing.
 */
export const asOneself = <C extends Caller>(caller: C): C => callerWith(caller, { narrowedOrganisationId: null });

/** The organisation that `organisationId` left out stands for: the one narrowed to, else the caller's own. */
export const homeOrganisation = (caller: Caller): string => {
  const user = requireUser(caller);
  return user.narrowedOrganisationId ?? user.organisationId;
};
