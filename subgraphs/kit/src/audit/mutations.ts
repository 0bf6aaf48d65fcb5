import { AsyncLocalStorage } from "node:async_hooks";
import type { Caller } from "../caller/caller.js";

/** What one mutation has done so far. */
interface MutationUnderWay {
  readonly requestId: string;
  /** Whether rows changed in a transaction that committed. */
  changed: boolean;
  /** A record was written in the transaction that is open. */
  recordPending: boolean;
  /** A record was committed. */
  recorded: boolean;
  excused: boolean;
  ended: boolean;
}

const underWay = new AsyncLocalStorage<MutationUnderWay>();

/** Of the mutation that `caller` is within; background work that a mutation merely woke is not. */
const mutationOf = (caller: Caller): MutationUnderWay | null => {
  const mutation = underWay.getStore();
  return mutation && !mutation.ended && mutation.requestId === caller.requestId ? mutation : null;
};

/** How a mutation ended, for the trail. */
export interface MutationEnd<T> {
  result: { value: T } | { error: unknown };
  /** Rows changed, and no record tells of it. */
  forgotten: boolean;
  /** A record of it was committed. */
  recorded: boolean;
}

/** Runs a mutation and tells whether it left a record. */
export const watchMutation = async <T>(caller: Caller, work: () => Promise<T>): Promise<MutationEnd<T>> => {
  const mutation: MutationUnderWay = {
    requestId: caller.requestId,
    changed: false,
    recordPending: false,
    recorded: false,
    excused: false,
    ended: false,
  };
  const end = (result: MutationEnd<T>["result"]): MutationEnd<T> => {
    mutation.ended = true;
    const { changed, recorded, excused } = mutation;
    return { result, recorded, forgotten: changed && !recorded && !excused };
  };
  return underWay.run(mutation, async () => {
    try {
      return end({ value: await work() });
    } catch (error) {
      return end({ error });
    }
  });
};

/** A record was written; it counts when its transaction commits. */
export const noteRecord = (caller: Caller): void => {
  const mutation = mutationOf(caller);
  if (mutation) mutation.recordPending = true;
};

/** Whether the transaction about to commit must be asked if it changed anything. */
export const isUnrecorded = (caller: Caller): boolean => {
  const mutation = mutationOf(caller);
  return mutation !== null && !mutation.recordPending && !mutation.recorded && !mutation.excused;
};

/** A transaction of `caller` has ended. @param changed whether it changed rows; only known where `isUnrecorded`. */
export const noteEnd = (caller: Caller, committed: boolean, changed: boolean): void => {
  const mutation = mutationOf(caller);
  if (!mutation) return;
  if (committed) {
    mutation.recorded ||= mutation.recordPending;
    mutation.changed ||= changed;
  }
  mutation.recordPending = false;
};

/**
 * Says that the mutation under way leaves no record although it changes rows.
 * @param _reason for whoever reads the code.
 */
export const leaveNoRecord = (_reason: string): void => {
  const mutation = underWay.getStore();
  if (mutation) mutation.excused = true;
};

let isStrict = false;

/** From here on a mutation that forgets its record fails (or not, any more), instead of getting a plain one. For tests. */
export const refuseForgottenRecords = (refused = true): void => {
  isStrict = refused;
};

export const forgottenRecordsFail = (): boolean => isStrict;
