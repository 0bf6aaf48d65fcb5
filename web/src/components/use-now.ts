import { useEffect, useReducer, useState } from "react";
import { booksAhead, booksNow } from "../api/books.js";
import { serverNow } from "../api/server.js";

/** The server's clock in milliseconds, anew every `interval` milliseconds and the same in between: what is asked may depend on it. */
export function useNow(interval: number): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), interval);
    return () => clearInterval(timer);
  }, [interval]);
  return now;
}

/** The longest that a browser's timer waits. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/**
 * The clock of the books in milliseconds, which dates of billing are compared with: now whenever it is drawn, so that what
 * has just begun is not shown as yet to come, at least every `interval` milliseconds, and when their time becomes known.
 *
 * @param turn when what is shown becomes another: drawn anew in that moment, if it is to come
 */
export function useBooksNow(interval: number, turn?: string | null): number {
  const [, redraw] = useReducer((times: number) => times + 1, 0);
  useEffect(() => {
    const forget = booksAhead.subscribe(redraw);
    const timer = setInterval(redraw, interval);
    return () => {
      forget();
      clearInterval(timer);
    };
  }, [interval]);
  const now = booksNow();
  // The page's clock is behind the books' by what an answer takes: what begins "now" begins a moment later here.
  const wait = turn ? Date.parse(turn) - now : 0;
  useEffect(() => {
    if (!(wait > 0 && wait <= LONGEST_WAIT_MS)) return;
    const timer = setTimeout(redraw, wait);
    return () => clearTimeout(timer);
  }, [wait]);
  return now;
}
