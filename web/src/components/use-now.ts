import { useEffect, useState } from "react";
import { booksAhead, booksNow } from "../api/books.js";
import { serverNow } from "../api/server.js";

/** The server's clock in milliseconds, anew every `interval` milliseconds. */
export function useNow(interval: number): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), interval);
    return () => clearInterval(timer);
  }, [interval]);
  return now;
}

/** The same of the books, which dates of billing are compared with; anew also when their time becomes known. */
export function useBooksNow(interval: number): number {
  const [now, setNow] = useState(booksNow);
  useEffect(() => {
    const look = () => setNow(booksNow());
    const forget = booksAhead.subscribe(look);
    const timer = setInterval(look, interval);
    return () => {
      forget();
      clearInterval(timer);
    };
  }, [interval]);
  return now;
}
