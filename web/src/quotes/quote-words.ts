import type { QuoteState } from "../gql/graphql.js";

export const STATE_WORDS: Record<QuoteState, string> = {
  DRAFT: "Draft",
  ISSUED: "Open",
  ACCEPTED: "Accepted",
  REJECTED: "Rejected",
  EXPIRED: "Expired",
};

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;

/**
 * How much longer a price is good for, in words that need no second look: days while there are some, then hours, then
 * minutes. Null once it is over.
 * @param now milliseconds since 1970
 */
export function remainingWords(expiresAt: string, now: number): string | null {
  const left = Date.parse(expiresAt) - now;
  if (!(left > 0)) return null;
  if (left >= 2 * DAY) return counted(Math.floor(left / DAY), "day");
  if (left >= 2 * HOUR) return counted(Math.floor(left / HOUR), "hour");
  if (left >= MINUTE) return counted(Math.floor(left / MINUTE), "minute");
  return "less than a minute";
}
