import { RemoteUnavailable } from "@tollgate/kit/net";
import type { SubgraphResponse } from "@tollgate/kit/protocol";
import type { GraphQLFormattedError } from "graphql";

/**
 * Reads what a subgraph sent as the answer to an operation.
 * @throws RemoteUnavailable when it is none: no JSON, a page, half of something, another shape
 */
export function readAnswer(name: string, body: Buffer): SubgraphResponse {
  const answer = parsed(body);
  if (!isRecord(answer)) throw new RemoteUnavailable(`${name} answered something that is no GraphQL`);
  const { data, errors } = answer;
  const isData = data === undefined || data === null || isRecord(data);
  const isErrors = errors === undefined || errors === null || (Array.isArray(errors) && errors.every(isError));
  const isEmpty = data === undefined && (!Array.isArray(errors) || errors.length === 0);
  if (!isData || !isErrors || isEmpty) throw new RemoteUnavailable(`${name} answered what is no answer of GraphQL`);
  return answer; // checked above but for its extensions, which only a subgraph of ours is asked for
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined; // told by the caller, as anything else that is no object
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isError(value: unknown): value is GraphQLFormattedError {
  return isRecord(value) && typeof value.message === "string";
}
