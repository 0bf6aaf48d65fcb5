import { forgottenRecordsFail, watchMutation } from "../audit/mutations.js";
import { Fault, NotFoundFault, OutsideEstateFault, UnauthenticatedFault } from "../faults/fault.js";
import type { ErrorCode } from "../protocol/error-codes.js";
import type { OperationContext } from "./context.js";
import { NotFoundProblem, Problem } from "./types.js";

/** An access as the trail names it. */
export interface RecordedField {
  /** Such as `Mutation.orderVm`. */
  name: string;
  /** The permission that it asks for first, if any. */
  action: string | null;
}

/** Codes of those who might not; with the others something was in the way. */
const REFUSALS: readonly ErrorCode[] = ["NOT_FOUND", "FORBIDDEN", "UNAUTHENTICATED", "RATE_LIMITED"];

const codeOf = (refusal: unknown): ErrorCode =>
  refusal instanceof Fault || refusal instanceof Problem ? refusal.code : "INTERNAL";

/** Whatever came instead of an answer enters the trail; the same again within a minute is counted. */
export const recordRefusal = (context: OperationContext, field: RecordedField, refusal: unknown): void => {
  const problem = codeOf(refusal);
  const action = actionOf(field);
  context.refusals.record(context.caller, {
    action,
    resource: refusal instanceof NotFoundFault ? refusal.resource : resourceOf(action),
    resourceId: resourceIdOf(context, refusal),
    problem,
    outcome: REFUSALS.includes(problem) ? "REFUSED" : "FAILED",
  });
};

/** What was not to be had: the thing itself, or the organisation that somebody wanted to act for. */
const resourceIdOf = (context: OperationContext, refusal: unknown): string | null => {
  if (refusal instanceof NotFoundFault || refusal instanceof NotFoundProblem) return refusal.id;
  return refusal instanceof OutsideEstateFault ? context.caller.narrowedOrganisationId : null;
};

const actionOf = ({ name, action }: RecordedField): string => action ?? name.replace("Mutation.", "mutation:");

const resourceOf = (action: string): string => action.split(":")[0] ?? action;

/**
 * Runs a mutation so that it cannot go unrecorded: what it does it records itself, in the transaction of the change;
 * what fails is recorded here, and so is what forgot to. In tests forgetting is an error.
 */
export const recordedMutation = async (
  context: OperationContext,
  field: RecordedField,
  work: () => Promise<unknown>,
): Promise<unknown> => {
  const { result, recorded, forgotten } = await watchMutation(context.caller, work);
  if ("error" in result) {
    // Nobody who has not said who he is: the address is counted by the gateway's limits.
    if (!recorded && !(result.error instanceof UnauthenticatedFault)) recordRefusal(context, field, result.error);
    throw result.error;
  }
  const { value } = result;
  if (value instanceof Problem) {
    if (!recorded) recordRefusal(context, field, value);
  } else if (forgotten) {
    if (forgottenRecordsFail()) throw new Error(`${field.name} changed something and left no record in the trail`);
    const action = actionOf(field);
    await context.refusals.supply(context.caller, { action, resource: resourceOf(action) });
  }
  return value;
};
