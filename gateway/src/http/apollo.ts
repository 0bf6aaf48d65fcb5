import { ApolloServer, type ApolloServerOptionsWithGateway, type ApolloServerPlugin } from "@apollo/server";
import {
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import { GraphQLError } from "graphql";
import type { Logger } from "pino";
import type { OperationContext } from "../execute/context.js";
import type { SupergraphGateway } from "../execute/gateway-interface.js";
import type { Limits } from "../limits/limits.js";
import { codesOf, isExpected, presentError } from "../observe/errors.js";
import { logOperation } from "../observe/operations.js";
import { BoundedMap } from "../plan/bounded-map.js";
import { ownRules } from "../plan/documents.js";
import { requestScope } from "./request-scope.js";

type PersistedQueries = Exclude<ApolloServerOptionsWithGateway<OperationContext>["cache"], "bounded" | undefined>;

/** Kept of documents that clients sent along with their hash. */
const sentCharacters = 10_000_000;

export interface ApolloParts {
  gateway: SupergraphGateway;
  limits: Limits;
  explore: boolean;
  logger: Logger;
  /** Documents that clients may send by the SHA-256 of their text without having sent them before. */
  registered: ReadonlyMap<string, string>;
}

/** Apollo Server over the gateway's own planning and execution: GraphQL over HTTP, and nothing that calls home. */
export function createApolloServer(parts: ApolloParts): ApolloServer<OperationContext> {
  const { gateway, limits, explore, logger, registered } = parts;
  return new ApolloServer<OperationContext>({
    gateway,
    logger,
    introspection: true, // our own rule decides, over WebSockets as well
    hideSchemaDetailsFromClientErrors: !explore,
    validationRules: ownRules(limits, explore),
    parseOptions: { maxTokens: limits.tokens },
    csrfPrevention: false, // the route refuses pages of others itself; Apollo's way refuses plain GET requests as well
    allowBatchedHttpRequests: false,
    persistedQueries: { cache: persistedQueries(registered), ttl: null },
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    formatError: (given, error) => {
      const requestId = requestScope.getStore()?.requestId ?? null;
      const formatted = isOfClient(error)
        ? { ...given, extensions: { ...given.extensions, code: "BAD_REQUEST" } }
        : given;
      // What the executor presented was logged there and carries its request id already.
      const fresh = !isExpected(formatted) && formatted.extensions?.requestId === undefined;
      if (fresh) logger.error({ err: error, requestId }, "request met an unexpected error");
      return presentError(formatted, requestId);
    },
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      noteWellFormed,
      logOperations(logger),
    ],
  });
}

/** Apollo Server says of some mistakes by their status alone that they are the client's. */
function isOfClient(error: unknown): boolean {
  if (!(error instanceof GraphQLError) || error.extensions.code !== undefined) return false;
  const { status = 500 } = (error.extensions.http ?? {}) as { status?: number }; // an answer's head, as Apollo Server sets it
  return status >= 400 && status < 500;
}

/** Registered documents stay; what clients sent along with its hash is forgotten when it was not used for longest. */
function persistedQueries(registered: ReadonlyMap<string, string>): PersistedQueries {
  const sent = new BoundedMap<string, string>(sentCharacters);
  return {
    get: async (key) => registered.get(key.replace(/^apq:/, "")) ?? sent.get(key),
    set: async (key, text) => sent.set(key, text, text.length),
    delete: async (key) => {
      sent.delete(key);
    },
  };
}

const noteWellFormed: ApolloServerPlugin<OperationContext> = {
  async requestDidStart() {
    return {
      async didResolveSource() {
        const scope = requestScope.getStore();
        if (scope) scope.wellFormed = true;
      },
    };
  },
};

function logOperations(logger: Logger): ApolloServerPlugin<OperationContext> {
  return {
    async requestDidStart({ contextValue }) {
      return {
        async willSendResponse({ operation, operationName, queryHash, request, response }) {
          const errors = response.body.kind === "single" ? response.body.singleResult.errors : undefined;
          logOperation(logger, {
            name: operationName ?? request.operationName ?? null,
            kind: operation?.operation ?? null,
            hash: queryHash ?? null,
            transport: contextValue.transport,
            caller: contextValue.caller,
            startedAt: contextValue.startedAt,
            codes: codesOf(errors),
            cost: contextValue.cost,
            fetches: contextValue.fetches,
          });
        },
      };
    },
  };
}
