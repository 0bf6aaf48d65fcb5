import type { ProviderEventState } from "../gql/graphql.js";

/** What came of a webhook. */
export const EVENT_WORDS: Record<ProviderEventState, string> = {
  RECEIVED: "Received",
  APPLIED: "Applied",
  DUPLICATE: "Known before",
  REFUSED: "Not believed",
  FAILED: "Not applied yet",
};
