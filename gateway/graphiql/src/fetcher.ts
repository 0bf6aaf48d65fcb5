import { createGraphiQLFetcher, type Fetcher, type FetcherParams, type FetcherReturnType } from "@graphiql/toolkit";
import { type DocumentNode, Kind, parse } from "graphql";
import { createClient } from "graphql-ws";
import { askForExplanation, withoutExplanation } from "./explanation";
import { fetchWithSession, isSignedIn } from "./session";

/** Queries over HTTP, subscriptions over a WebSocket; both with the session of the page. */
export function createFetcher(): Fetcher {
  let headers: Record<string, unknown> = {};
  const wsClient = createClient({
    // Cookies travel with the upgrade: a session that has expired is renewed before it.
    url: async () => {
      await isSignedIn();
      return `${window.location.origin.replace(/^http/, "ws")}/graphql`;
    },
    // The connection ends with its last subscription, so that the next one sends the headers of its time.
    lazy: true,
    connectionParams: () => headers,
  });
  const fetcher = createGraphiQLFetcher({ url: "/graphql", fetch: fetchWithSession, wsClient });
  return (params, options) => {
    headers = options?.headers ?? {};
    // The editor works out what was typed a moment later; who presses at once would send a subscription over HTTP.
    const documentAST = parsed(params.query);
    const operationName = operationNameIn(documentAST, params.operationName);
    const asked = { ...params, operationName };
    const answer = (request: FetcherParams): FetcherReturnType =>
      fetcher(request, { ...options, ...(documentAST && { documentAST }) });
    // What the editor asks for itself, the schema, is nobody's operation.
    const own = operationName === "IntrospectionQuery";
    return own ? answer(asked) : withoutExplanation(answer(askForExplanation(asked)));
  };
}

/**
 * The name that the editor has chosen; where the text has no such operation (any more), that of the only one there is.
 * After another tab was opened, the editor goes by the name of the last one for a moment.
 */
function operationNameIn(document: DocumentNode | null, chosen: string | null | undefined): string | null {
  const operations = document?.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION) ?? [];
  const names = operations.map((operation) => operation.name?.value ?? null);
  if (chosen && (names.length === 0 || names.includes(chosen))) return chosen;
  return names.length === 1 ? (names[0] ?? null) : null;
}

/** Null for what is no GraphQL: the server says what is wrong with it. */
function parsed(query: string): DocumentNode | null {
  try {
    return parse(query, { noLocation: true });
  } catch {
    return null;
  }
}
