import { ApolloLink } from "@apollo/client";
import { tap } from "rxjs";
import { createStore, type ReadableStore } from "../app/store.js";
import { serverNow } from "./server.js";

/** Milliseconds by which billing's clock is ahead of the browser's; null while it has not been told. */
const ahead = createStore<number | null>(null);

/** Changes as often as it is told what time it is in the books. */
export const booksAhead: ReadableStore<number | null> = ahead;

/**
 * Now in the books, in milliseconds since 1970: what dates of prices, quotes and periods are compared with, and what
 * "now" means for what begins at once. Never later than billing's own clock; until it is known, the server's.
 */
export function booksNow(): number {
  const difference = ahead.get();
  return difference === null ? serverNow() : Date.now() + difference;
}

/**
 * Notes billing's time from each answer that tells it; the frame of every page asks for it once a minute. It was told at
 * some moment between asking and the answer: the difference that is known is kept as long as it fits, so that a slow answer
 * does not turn the books back, and a quicker one brings it closer.
 */
export function notingBooks(): ApolloLink {
  return new ApolloLink((operation, forward) => {
    const asked = Date.now();
    return forward(operation).pipe(
      tap(({ data }) => {
        const told = Date.parse(String(data?.["billingTime"]));
        if (Number.isNaN(told)) return;
        const [least, most, known] = [told - Date.now(), told - asked, ahead.get()];
        ahead.set(known === null || known > most ? least : Math.max(known, least));
      }),
    );
  });
}
