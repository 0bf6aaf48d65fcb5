import { useState } from "react";
import { troubleOf } from "../api/problems.js";

/** Words for the person about a request that failed as a whole, or that answered nothing. */
export function failureWords(error: unknown): string {
  const { what, advice, requestId } = troubleOf(error);
  return requestId ? `${what} ${advice} (Request ${requestId})` : `${what} ${advice}`;
}

/** What was answered without a result and without an error. */
export const NO_ANSWER = failureWords([{ message: "", extensions: { code: "INTERNAL" } }]);

export interface Action {
  busy: boolean;
  /** Why the last step did not go through, in words; null when it did. */
  problem: string | null;
  /** Runs a step that answers with its problem, or null; what it throws is put into words. */
  run(step: () => Promise<string | null>): void;
  forget(): void;
}

/** One step at a time, with what became of it. */
export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  return {
    busy,
    problem,
    run(step) {
      if (busy) return;
      setBusy(true);
      setProblem(null);
      // What it throws becomes words, so nothing is left to fail.
      void step()
        .catch(failureWords)
        .then(setProblem)
        .finally(() => setBusy(false));
    },
    forget: () => setProblem(null),
  };
}
