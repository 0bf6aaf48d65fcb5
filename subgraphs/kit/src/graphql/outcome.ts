import { createUnionType } from "type-graphql";
import {
  ConflictFault,
  Fault,
  ForbiddenFault,
  InvalidInputFault,
  NotFoundFault,
  RateLimitedFault,
} from "../faults/fault.js";
import {
  ConflictProblem,
  ForbiddenProblem,
  InvalidInputProblem,
  NotFoundProblem,
  type Problem,
  RateLimitedProblem,
} from "./types.js";

/** A class of a type in the graph. */
// biome-ignore lint/suspicious/noExplicitAny: a constructor of any arguments cannot be described otherwise.
export type TypeClass<T extends object = object> = abstract new (...parameters: any[]) => T;

/** A problem of a subgraph's own, thrown in the domain and shown as a member of the mutation's union. */
export abstract class ProblemFault extends Fault {
  /** The instance of the problem type that the union names. */
  abstract problem(): Problem;
}

const build = <P extends Problem>(type: new () => P, values: Omit<P, never>): P => Object.assign(new type(), values);

/** The problem type that shows a fault, or null where there is none. */
export const problemOf = (fault: Fault): Problem | null => {
  const { code, message } = fault;
  if (fault instanceof ProblemFault) return fault.problem();
  if (fault instanceof NotFoundFault) return build(NotFoundProblem, { code, message, id: fault.id });
  if (fault instanceof ForbiddenFault) {
    return build(ForbiddenProblem, { code, message, reason: fault.reason, permission: fault.permission });
  }
  if (fault instanceof ConflictFault)
    return build(ConflictProblem, { code, message, conflictingId: fault.conflictingId });
  if (fault instanceof InvalidInputFault) return build(InvalidInputProblem, { code, message, fields: fault.fields });
  if (fault instanceof RateLimitedFault) {
    return build(RateLimitedProblem, { code, message, retryAfterSeconds: fault.retryAfterSeconds });
  }
  return null;
};

const problemsOfUnion = new WeakMap<object, readonly TypeClass<Problem>[]>();

/**
 * The result of a mutation: one success type first, then the problems that are expected.
 * Whatever is no problem is the success, so that a plain row will do.
 */
export const resultUnion = (
  name: string,
  success: readonly TypeClass[],
  problems: readonly TypeClass<Problem>[],
): object => {
  const [only] = success;
  const union = createUnionType({
    name,
    types: () => [...success, ...problems] as never, // TypeGraphQL wants a tuple of classes
    resolveType: (value: object) => {
      const own = [...success, ...problems].find((type) => value instanceof type);
      return (own ?? only)?.name;
    },
  });
  problemsOfUnion.set(union, problems);
  return union;
};

/**
 * Runs a mutation: faults that the union expects become its members, all others stay errors.
 * @param union as `resultUnion` made it.
 */
export const outcome = async <T>(union: object, work: () => Promise<T>): Promise<T | Problem> => {
  try {
    return await work();
  } catch (error) {
    const problem = error instanceof Fault ? problemOf(error) : null;
    const expected = problem && problemsOfUnion.get(union)?.some((type) => problem instanceof type);
    if (problem && expected) return problem;
    throw error;
  }
};
