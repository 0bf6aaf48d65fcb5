import type { ErrorCode } from "../protocol/error-codes.js";

export type ForbiddenReason =
  | "ORGANISATION_SUSPENDED"
  | "ORGANISATION_CLOSED"
  | "MISSING_PERMISSION"
  | "SELF_APPROVAL"
  | "NOT_BELOW"
  | "POLICY";

/** One refused field: `path` leads from the input object to it, `reason` is a stable word such as TOO_SHORT. */
export interface RefusedField {
  path: string[];
  reason: string;
  message: string;
}

/** An expected failure: a stable code for programs, a sentence for people. Everything else is INTERNAL. */
export class Fault extends Error {
  override name = "Fault";

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export class UnauthenticatedFault extends Fault {
  constructor(message = "Sign in first.") {
    super("UNAUTHENTICATED", message);
  }
}

export class ForbiddenFault extends Fault {
  constructor(
    message: string,
    readonly reason: ForbiddenReason,
    readonly permission: string | null = null,
  ) {
    super("FORBIDDEN", message);
  }
}

/** The organisation that the caller has narrowed to is none of its estate. */
export class OutsideEstateFault extends ForbiddenFault {
  constructor() {
    super("This organisation is not part of your estate.", "POLICY");
  }
}

/** Nothing with this id inside the caller's estate; foreign ids look the same as unknown ones. */
export class NotFoundFault extends Fault {
  constructor(
    readonly resource: string,
    readonly id: string | null = null,
  ) {
    super("NOT_FOUND", `There is no such ${resource}.`);
  }
}

export class ConflictFault extends Fault {
  constructor(
    message: string,
    readonly conflictingId: string | null = null,
  ) {
    super("CONFLICT", message);
  }
}

export class InvalidInputFault extends Fault {
  constructor(readonly fields: RefusedField[]) {
    super("INVALID_INPUT", fields.map((field) => field.message).join(" "));
  }

  /** For one field. */
  static of(path: string, reason: string, message: string): InvalidInputFault {
    return new InvalidInputFault([{ path: path.split("."), reason, message }]);
  }
}

export class RateLimitedFault extends Fault {
  constructor(
    readonly retryAfterSeconds: number,
    message = "Too many requests; try again later.",
  ) {
    super("RATE_LIMITED", message);
  }
}

/** A part that is needed does not answer; trying again later may help. */
export class UnavailableFault extends Fault {
  constructor(message = "This part is not available at the moment; try again shortly.", options?: ErrorOptions) {
    super("UNAVAILABLE", message, options);
  }
}
