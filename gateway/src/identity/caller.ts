import type { IncomingHttpHeaders } from "node:http";
import { type AccessClaims, BAD_NARROWING, clientFrom, narrowingFrom } from "@tollgate/kit/protocol";
import type { GraphQLError } from "graphql";
import { refusal } from "../observe/errors.js";
import type { ForwardedHeaders, ForwardingCaller } from "../transport/forwarded.js";

/** The key of an `x-api-key` header; null without one. */
export function apiKeyFrom(header: unknown): string | null {
  return typeof header === "string" && header !== "" ? header.trim() : null;
}

/** The organisation that a client narrows its requests to, or why that is none. */
export function narrowingOf(value: unknown): { organisationId: string | null; refusal: GraphQLError | null } {
  const organisationId = narrowingFrom(value);
  if (organisationId !== undefined) return { organisationId, refusal: null };
  return { organisationId: null, refusal: refusal("INVALID_INPUT", BAD_NARROWING) };
}

/** What a caller is made of beside the request's headers. */
export interface CallerParts {
  requestId: string;
  claims: AccessClaims | null;
  accessToken: string | null;
  narrowedOrganisationId: string | null;
  address: string;
  refreshToken: string | null;
  deviceToken?: string | null;
  deadline: number;
  minimumTenancyVersion: string | null;
  /** Headers that go along as they are; where subgraphs know nothing of the gateway. */
  forwarded?: ForwardedHeaders | null;
}

/** Who asks, as subgraphs are told. */
export function callerFrom(headers: IncomingHttpHeaders, parts: CallerParts): ForwardingCaller {
  return { ...parts, ...clientFrom(headers) };
}
