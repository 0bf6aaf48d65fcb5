import { type AccessClaims, bearerFrom } from "@tollgate/kit/protocol";
import type { ExecutionArgs, GraphQLError } from "graphql";
import type { Context, ServerOptions, SubscribePayload } from "graphql-ws";
import type { Logger } from "pino";
import { OperationContext } from "../execute/context.js";
import { apiKeyFrom, callerFrom, narrowingOf } from "../identity/caller.js";
import { type Identified, lifeOf } from "../identity/identify.js";
import type { TenancyVersions } from "../identity/tenancy-versions.js";
import type { Admission } from "../limits/admission.js";
import { startDeadline } from "../limits/deadline.js";
import type { Limits } from "../limits/limits.js";
import { refusal } from "../observe/errors.js";
import type { LiveOperation, LiveOperations } from "../subscribe/live-operations.js";
import { forwardedFrom } from "../transport/forwarded.js";
import { type Closing, closings, SocketRefusal } from "./close-codes.js";
import type { Connection } from "./connection.js";
import { WrittenResults } from "./written-results.js";

export interface GraphProtocolParts {
  operations: LiveOperations;
  tenancyVersions: TenancyVersions;
  limits: Limits;
  admission: Admission;
  logger: Logger;
  identify: (connection: Connection, shown: { bearer: string | null; apiKey: string | null }) => Promise<Identified>;
  /** Whether some of a client's headers go along to subgraphs as they are, and nobody has to sign in to connect. */
  forwards: boolean;
  /** Why a session that was good does not hold any more; null while it does. */
  closingOf: (claims: AccessClaims) => Closing | null;
}

type SocketContext = Context<Record<string, unknown>, Connection>;

/** What graphql-ws does on our sockets: who may connect, and how operations are answered. */
export class GraphProtocol {
  constructor(private readonly parts: GraphProtocolParts) {}

  options(): ServerOptions<Record<string, unknown>, Connection> {
    return {
      connectionInitWaitTimeout: this.parts.limits.connectionInitMilliseconds,
      onConnect: async (context) => await this.connect(context),
      onSubscribe: (context, id, payload) => this.prepare(context, id, payload),
      execute: async (args) => await this.parts.operations.execute(operationOf(args).operation),
      subscribe: (args) => {
        const { id, operation, connection } = operationOf(args);
        const stream = this.parts.operations.subscribe(operation, () => connection.close(closings.tooSlow));
        return "errors" in stream ? stream : new WrittenResults(id, stream, connection);
      },
    };
  }

  /** @throws SocketRefusal unless the client proves a live session, or shows nothing where that will do */
  private async connect(context: SocketContext): Promise<void> {
    const { extra: connection, connectionParams } = context;
    const { headers } = connection;
    const authorization = connectionParams?.authorization ?? connectionParams?.Authorization ?? headers.authorization;
    const bearer = bearerFrom(authorization);
    const narrowing = narrowingOf(connectionParams?.["x-organisation-id"] ?? headers["x-organisation-id"]);
    if (narrowing.refusal) throw new SocketRefusal(closings.badRequest);
    const apiKey = apiKeyFrom(connectionParams?.["x-api-key"] ?? headers["x-api-key"]);
    const identified = await this.parts.identify(connection, { bearer, apiKey });
    const { claims, accessToken, refusal: refused } = identified;
    if (refused?.extensions.code === "FORBIDDEN") throw new SocketRefusal(closings.foreignAddress);
    if (refused?.extensions.code === "UNAVAILABLE") throw new SocketRefusal(closings.unavailable);
    if (!claims && (refused || !this.parts.forwards)) throw new SocketRefusal(closings.unauthorized);
    if (this.parts.forwards) connection.forwarded = forwardedFrom({ ...headers, authorization });
    connection.recognised(claims, accessToken);
    (context as { connectionParams?: object }).connectionParams = {}; // a second copy of the token, for as long as the socket lives
    // What ended meanwhile is seen here.
    const closing = claims && this.parts.closingOf(claims);
    if (closing) throw new SocketRefusal(closing);
    connection.narrowedOrganisationId = narrowing.organisationId;
    connection.limitLife(lifeOf(identified, this.parts.limits.socketMilliseconds), closings.signInAgain);
  }

  private prepare(
    socket: SocketContext,
    id: string,
    payload: SubscribePayload,
  ): ExecutionArgs | readonly GraphQLError[] {
    const { limits, operations } = this.parts;
    if (Object.keys(socket.subscriptions).length > limits.subscriptionsPerSocket) {
      return [refusal("RATE_LIMITED", `One connection carries ${limits.subscriptionsPerSocket} operations at most`)];
    }
    const connection = socket.extra;
    const operation = operations.read(payload, (requestId, live) => this.contextFor(connection, requestId, live));
    if (!("context" in operation)) return operation;
    const { document, operationName, supergraph } = operation;
    const contextValue: SocketOperation = { id, operation, connection };
    return { schema: supergraph.apiSchema, document, operationName, contextValue };
  }

  private contextFor(connection: Connection, requestId: string, live: boolean): OperationContext {
    const { limits, tenancyVersions, logger } = this.parts;
    const { claims, accessToken, narrowedOrganisationId, address, forwarded } = connection;
    const deadline = startDeadline(live ? limits.socketMilliseconds : limits.operationMilliseconds);
    const minimumTenancyVersion = claims && tenancyVersions.of(claims.sid);
    // No refresh token: a new one could not be put into a cookie from here, and the session would be lost.
    const who = { claims, accessToken, narrowedOrganisationId, address };
    const parts = { ...who, requestId, refreshToken: null, minimumTenancyVersion, ...(forwarded && { forwarded }) };
    const caller = callerFrom(connection.headers, { ...parts, deadline: deadline.at });
    return new OperationContext({
      caller,
      refusal: this.parts.admission.refusalOf(caller),
      deadline,
      transport: "websocket",
      tenancyVersions,
      keepSession: () => logger.warn({ requestId }, "a session was answered over a WebSocket, which keeps no cookies"),
    });
  }
}

interface SocketOperation {
  /** Of the client, for all messages about it. */
  id: string;
  operation: LiveOperation;
  connection: Connection;
}

function operationOf(args: ExecutionArgs): SocketOperation {
  return args.contextValue as SocketOperation; // put there by `prepare`, the only maker of these arguments
}
