import type { FetcherParams, FetcherReturnType, SyncExecutionResult } from "@graphiql/toolkit";
import type { ExecutionResult } from "graphql";
import { useSyncExternalStore } from "react";

/** What the gateway tells of an operation beside its answer. */
export interface Explanation {
  cost: { estimated: number; allowed: number };
  /** Only for those who may look into operations. */
  plan?: string;
}

let latest: Explanation | null = null;
const listeners = new Set<() => void>();

function remember(explanation: Explanation): void {
  latest = explanation;
  for (const listener of listeners) listener();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The explanation of what was run last; null before. */
export function useExplanation(): Explanation | null {
  return useSyncExternalStore(listen, () => latest);
}

/** Asks for the explanation along with the answer. */
export function askForExplanation(params: FetcherParams): FetcherParams & { extensions: { explain: true } } {
  return { ...params, extensions: { explain: true } };
}

/** Takes the explanation out of what a fetcher answers, so that the answer reads as anybody's. */
export async function withoutExplanation(answer: FetcherReturnType): Promise<SyncExecutionResult> {
  const settled = await answer;
  return isIterable(settled) ? eachWithoutExplanation(settled) : take(settled as ExecutionResult); // ours gives no observables
}

/** By hand: a generator would end the operation with its next event only. */
function eachWithoutExplanation(results: AsyncIterable<ExecutionResult>): AsyncIterableIterator<ExecutionResult> {
  const source = results[Symbol.asyncIterator]();
  return {
    next: async () => {
      const { done, value } = await source.next();
      return done ? { done, value: undefined } : { done: false, value: take(value) };
    },
    return: async () => {
      await source.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function take(result: ExecutionResult): ExecutionResult {
  const { extensions, ...answer } = result;
  if (!isExplanation(extensions)) return result;
  const { cost, plan, ...others } = extensions;
  remember({ cost, ...(plan !== undefined && { plan }) });
  return Object.keys(others).length > 0 ? { ...answer, extensions: others } : answer;
}

function isExplanation(extensions: unknown): extensions is Explanation & Record<string, unknown> {
  return typeof extensions === "object" && extensions !== null && "cost" in extensions;
}

function isIterable(answer: unknown): answer is AsyncIterable<ExecutionResult> {
  return typeof answer === "object" && answer !== null && Symbol.asyncIterator in answer;
}
