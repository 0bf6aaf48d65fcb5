import { useState } from "react";
import { booksNow } from "../api/books.js";

/** The moment at which somebody said "now". */
export interface Moment {
  /** Milliseconds since 1970; the same for a repetition, so that it asks for the same. */
  now(): number;
  /** The server has answered: the next "now" is another one. */
  settle(): void;
}

/** @param clock milliseconds since 1970 */
export function createMoment(clock: () => number): Moment {
  let said: number | null = null;
  return {
    now: () => {
      said ??= clock();
      return said;
    },
    settle: () => {
      said = null;
    },
  };
}

/** "Now" is when the form is sent, not when it was opened: whoever thinks about it for long is not refused for it. */
export function useMoment(): Moment {
  const [moment] = useState(() => createMoment(booksNow));
  return moment;
}
