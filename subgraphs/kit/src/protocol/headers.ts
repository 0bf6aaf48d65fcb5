import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { isId } from "../faults/ids.js";

// What clients may say of themselves, whoever reads it: the gateway, or a subgraph that is reached directly.
const SANE_REQUEST_ID = /^[\w.:-]{1,128}$/;
const LANGUAGE = /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i;
const USER_AGENT_LENGTH = 512;

/** The request id of the client when it is a harmless one, else a new one. */
export const requestIdFrom = (headers: IncomingHttpHeaders): string => {
  const given = headers["x-request-id"];
  return typeof given === "string" && SANE_REQUEST_ID.test(given) ? given : randomUUID();
};

/** The token of an `Authorization: Bearer` header; null without one. */
export const bearerFrom = (authorization: unknown): string | null =>
  typeof authorization === "string" ? (/^Bearer +(\S+) *$/i.exec(authorization)?.[1] ?? null) : null;

/** The organisation of an `x-organisation-id` header; null without one, undefined where it is no id. */
export const narrowingFrom = (value: unknown): string | null | undefined => {
  if (value === undefined || value === null || value === "") return null;
  return typeof value === "string" && isId(value) ? value.toLowerCase() : undefined;
};

/** The language that is liked best, and the program that asks. */
export const clientFrom = (headers: IncomingHttpHeaders): { locale: string | null; userAgent: string } => {
  const language = headers["accept-language"]?.split(/[,;]/, 1)[0]?.trim() ?? "";
  return {
    locale: LANGUAGE.test(language) ? language : null,
    userAgent: (headers["user-agent"] ?? "").slice(0, USER_AGENT_LENGTH),
  };
};

export const BAD_NARROWING = "x-organisation-id has to be a UUID";
