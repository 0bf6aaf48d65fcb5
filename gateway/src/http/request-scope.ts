import { AsyncLocalStorage } from "node:async_hooks";

/** The request id, for Apollo Server's error formatter, which is told nothing but the error. */
export const requestScope = new AsyncLocalStorage<{ requestId: string }>();
