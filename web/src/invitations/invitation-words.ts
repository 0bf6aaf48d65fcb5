import type { InvitationState } from "../gql/graphql.js";

export const STATE_WORDS: Record<InvitationState, string> = {
  PENDING: "Open",
  ACCEPTED: "Accepted",
  EXPIRED: "Expired",
  REVOKED: "Revoked",
};

/** What the list can be narrowed to. */
export const CHOICES = [
  { value: "PENDING", label: "Open" },
  { value: "EXPIRED", label: "Expired" },
  { value: "ACCEPTED", label: "Accepted" },
  { value: "REVOKED", label: "Revoked" },
  { value: "ALL", label: "All" },
];

const EMPTY: Record<InvitationState | "ALL", string> = {
  PENDING: "No invitation is open",
  EXPIRED: "No invitation has run out",
  ACCEPTED: "Nobody has accepted an invitation yet",
  REVOKED: "No invitation was revoked",
  ALL: "Nobody was invited yet",
};

export function emptyTitle(state: InvitationState | undefined): string {
  return EMPTY[state ?? "ALL"];
}

export interface InvitationsSearch {
  /** Left out: all of them. */
  state?: InvitationState;
}

export function parseInvitationsSearch(search: Record<string, unknown>): InvitationsSearch {
  const { state } = search;
  // A key of the words is a state.
  return typeof state === "string" && Object.hasOwn(STATE_WORDS, state) ? { state: state as InvitationState } : {};
}
