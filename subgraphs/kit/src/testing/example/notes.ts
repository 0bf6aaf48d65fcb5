import { requestCaller } from "../fixtures.js";

export const member = (org: string, permissions = ["note:read", "note:write"]) => requestCaller({ org, permissions });

/** The value of a root field; null where it failed. */
export const root = <T>(data: unknown, name: string): T => (data as Record<string, T>)[name] as T; // as the query asked for it

/** The operations of the example that tests of the kit ask. */
export const ADD =
  "mutation ($text: String!, $org: ID) { addNote(text: $text, organisationId: $org) { __typename ... on Note { id text } ... on Problem { code message } } }";
export const NOTES = "{ notes { id text } }";
