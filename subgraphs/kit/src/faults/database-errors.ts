import { ConflictFault, Fault, InvalidInputFault, OutsideEstateFault, UnavailableFault } from "./fault.js";

/** Our own SQLSTATEs, raised by the database functions of the kit. */
export const SQLSTATE = {
  /** The caller's organisation is not in the projection of the tree (yet). */
  TENANCY_UNKNOWN: "TG001",
  /** The organisation narrowed to is outside the caller's estate. */
  OUTSIDE_ESTATE: "TG002",
} as const;

const CONNECTION_CODES = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
  "CONNECT_TIMEOUT",
]);

/** Of SQLSTATE: connections, too little of something (connections, memory, disk), and a server that shuts down. */
const AWAY_CLASSES = ["08", "53", "57P"];

/**
 * Of SQLSTATE: what Postgres cannot keep, wherever in a request it stands. Texts with a NUL character (in a column, in
 * JSON), numbers out of range, and instants that are none or beyond its calendar.
 */
const UNKEEPABLE = new Set(["22021", "22P05", "22003", "22007", "22008"]);

/** Constraint names that a subgraph explains in its own words, by name. */
const constraintFaults = new Map<string, () => Fault>();

/** A law of the database in the words of the domain: `wallet_available_check` is INSUFFICIENT_FUNDS. */
export const explainConstraint = (constraint: string, fault: () => Fault): void => {
  constraintFaults.set(constraint, fault);
};

const codeOf = (error: unknown): string | null =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;

const constraintOf = (error: unknown): string | null =>
  error instanceof Error && "constraint_name" in error && typeof error.constraint_name === "string"
    ? error.constraint_name
    : null;

/** The error that the driver raised, below the wrapper of the query builder. */
const driverError = (error: unknown): unknown => {
  let current = error;
  while (current instanceof Error && codeOf(current) === null && current.cause !== undefined) current = current.cause;
  return current;
};

/** Whether the database cannot be reached or shuts down, rather than that something is wrong with a statement. */
export const isDatabaseAway = (error: unknown): boolean => {
  const code = codeOf(driverError(error instanceof Fault ? error.cause : error));
  return code !== null && (CONNECTION_CODES.has(code) || AWAY_CLASSES.some((start) => code.startsWith(start)));
};

/**
 * The one SQLSTATE map: turns an error of the database into a Fault, or null when it is none of the expected ones.
 * A query error is never called an outage, nor an outage bad input.
 */
export const faultOfDatabaseError = (error: unknown): Fault | null => {
  if (error instanceof Fault) return error;
  const cause = driverError(error);
  const code = codeOf(cause);
  if (code === null) return null;
  const constraint = constraintOf(cause);
  const explained = constraint === null ? undefined : constraintFaults.get(constraint);
  if (explained) return explained();
  if (isDatabaseAway(cause)) return new UnavailableFault(undefined, { cause: error });
  if (code === "57014") return new UnavailableFault("This took too long and was stopped.", { cause: error });
  if (code === "40001" || code === "40P01") {
    return new UnavailableFault("Somebody else changed this at the same moment; try again.", { cause: error });
  }
  if (code === "23505") return new ConflictFault("Something with this value exists already.");
  if (code === "23503")
    return InvalidInputFault.of("input", "UNKNOWN_REFERENCE", "This refers to something that does not exist.");
  if (UNKEEPABLE.has(code)) {
    return InvalidInputFault.of(
      "input",
      "OUT_OF_RANGE",
      "A value cannot be kept: a character or number beyond all bounds.",
    );
  }
  if (code === "22P02") return InvalidInputFault.of("input", "MALFORMED", "A value is not of the form it must have.");
  if (code === SQLSTATE.TENANCY_UNKNOWN) {
    return new UnavailableFault("This part does not know your organisation yet; try again shortly.");
  }
  if (code === SQLSTATE.OUTSIDE_ESTATE) {
    return new OutsideEstateFault();
  }
  return null;
};
