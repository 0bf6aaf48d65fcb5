import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { AccessClaims } from "@tollgate/kit/protocol";
import type { GraphQLError } from "graphql";
import { refusal } from "../observe/errors.js";
import type { ForwardedHeaders, ForwardingCaller } from "../transport/forwarded.js";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const saneRequestId = /^[\w.:-]{1,128}$/;
const languageTag = /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i;

/** The request id of the client when it is a harmless one, else a new one. */
export function requestIdFrom(headers: IncomingHttpHeaders): string {
  const given = headers["x-request-id"];
  return typeof given === "string" && saneRequestId.test(given) ? given : randomUUID();
}

/** The token of an `Authorization: Bearer` header; null without one. */
export function bearerFrom(authorization: unknown): string | null {
  if (typeof authorization !== "string") return null;
  return /^Bearer +(\S+) *$/i.exec(authorization)?.[1] ?? null;
}

/** The key of an `x-api-key` header; null without one. */
export function apiKeyFrom(header: unknown): string | null {
  return typeof header === "string" && header !== "" ? header.trim() : null;
}

/** The organisation that a client narrows its requests to, or why that is none. */
export function narrowingFrom(value: unknown): { organisationId: string | null; refusal: GraphQLError | null } {
  if (value === undefined || value === null || value === "") return { organisationId: null, refusal: null };
  if (typeof value === "string" && uuid.test(value)) return { organisationId: value.toLowerCase(), refusal: null };
  return { organisationId: null, refusal: refusal("INVALID_INPUT", "x-organisation-id has to be a UUID") };
}

/** What a caller is made of beside the request's headers. */
export interface CallerParts {
  requestId: string;
  claims: AccessClaims | null;
  accessToken: string | null;
  narrowedOrganisationId: string | null;
  address: string;
  refreshToken: string | null;
  deadline: number;
  minimumTenancyVersion: string | null;
  /** Headers that go along as they are; where subgraphs know nothing of the gateway. */
  forwarded?: ForwardedHeaders | null;
}

/** Who asks, as subgraphs are told. */
export function callerFrom(headers: IncomingHttpHeaders, parts: CallerParts): ForwardingCaller {
  const language = headers["accept-language"]?.split(/[,;]/, 1)[0]?.trim() ?? "";
  return {
    ...parts,
    userAgent: (headers["user-agent"] ?? "").slice(0, 512),
    locale: languageTag.test(language) ? language : null,
  };
}
