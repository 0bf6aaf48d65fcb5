import { randomUUID } from "node:crypto";
import type { AccessClaims } from "@tollgate/kit/protocol";
import { type DocumentNode, type ExecutionArgs, GraphQLError, type OperationDefinitionNode } from "graphql";
import type { Context, ServerOptions, SubscribePayload } from "graphql-ws";
import type { Logger } from "pino";
import { OperationContext } from "../execute/context.js";
import type { Executor, OperationRequest } from "../execute/execute.js";
import type { SupergraphGateway } from "../execute/gateway-interface.js";
import { bearerFrom, callerFrom, narrowingFrom } from "../identity/caller.js";
import type { Identified } from "../identity/identify.js";
import type { TenancyVersions } from "../identity/tenancy-versions.js";
import type { Admission } from "../limits/admission.js";
import { startDeadline } from "../limits/deadline.js";
import type { Limits } from "../limits/limits.js";
import { codesOf, presentAsError, refusal } from "../observe/errors.js";
import { logOperation, type OperationRecord } from "../observe/operations.js";
import { chosenOperation } from "../plan/chosen-operation.js";
import type { Documents } from "../plan/documents.js";
import type { Subscriptions } from "../subscribe/subscribe.js";
import { type Closing, closings, SocketRefusal } from "./close-codes.js";
import type { Connection } from "./connection.js";

export interface GraphProtocolParts {
  gateway: SupergraphGateway;
  executor: Executor;
  subscriptions: Subscriptions;
  documents: Documents;
  tenancyVersions: TenancyVersions;
  limits: Limits;
  admission: Admission;
  logger: Logger;
  identify: (connection: Connection, bearer: string | null) => Promise<Identified>;
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
      onSubscribe: (context, _id, payload) => this.prepare(context, payload),
      execute: async (args) => await this.execute(requestOf(args)),
      subscribe: (args) => this.subscribe(requestOf(args)),
    };
  }

  /** @throws SocketRefusal unless the client proves a live session */
  private async connect({ extra: connection, connectionParams }: SocketContext): Promise<void> {
    const { headers } = connection.request;
    const bearer = bearerFrom(
      connectionParams?.authorization ?? connectionParams?.Authorization ?? headers.authorization,
    );
    const narrowing = narrowingFrom(connectionParams?.["x-organisation-id"] ?? headers["x-organisation-id"]);
    if (narrowing.refusal) throw new SocketRefusal(closings.badRequest);
    const { claims, accessToken, refusal: refused } = await this.parts.identify(connection, bearer);
    if (refused?.extensions.code === "UNAVAILABLE") throw new SocketRefusal(closings.unavailable);
    if (!claims) throw new SocketRefusal(closings.unauthorized);
    connection.accessToken = accessToken;
    connection.claims = claims; // from now on it is found when sessions end; what ended meanwhile is seen here
    const closing = this.parts.closingOf(claims);
    if (closing) throw new SocketRefusal(closing);
    connection.narrowedOrganisationId = narrowing.organisationId;
    connection.limitLife(this.parts.limits.socketMilliseconds, closings.signInAgain);
  }

  private prepare(socket: SocketContext, payload: SubscribePayload): ExecutionArgs | readonly GraphQLError[] {
    const requestId = randomUUID();
    const { limits, documents, gateway } = this.parts;
    if (Object.keys(socket.subscriptions).length > limits.subscriptionsPerSocket) {
      return [refusal("RATE_LIMITED", `One connection carries ${limits.subscriptionsPerSocket} operations at most`)];
    }
    const supergraph = gateway.current;
    const document = documents.read(supergraph, payload.query);
    if (!("kind" in document)) return document.map((error) => presentAsError(error, requestId));
    const operationName = payload.operationName ?? null;
    const operation = operationOrRefusal(document, operationName);
    if (operation instanceof GraphQLError) return [operation];
    const live = operation.operation === "subscription";
    const request: SocketOperation = {
      supergraph,
      source: payload.query,
      document,
      operationName,
      variables: payload.variables ?? {},
      context: this.contextFor(socket.extra, requestId, live),
      explain: payload.extensions?.explain === true,
      connection: socket.extra,
      record: { name: operation.name?.value ?? null, kind: operation.operation },
    };
    return { schema: supergraph.apiSchema, document, operationName, contextValue: request };
  }

  private contextFor(connection: Connection, requestId: string, live: boolean): OperationContext {
    const { limits, tenancyVersions, logger } = this.parts;
    const { claims, accessToken, narrowedOrganisationId, address } = connection;
    const deadline = startDeadline(live ? limits.socketMilliseconds : limits.operationMilliseconds);
    const minimumTenancyVersion = claims && tenancyVersions.of(claims.sid);
    // No refresh token: a new one could not be put into a cookie from here, and the session would be lost.
    const who = { claims, accessToken, narrowedOrganisationId, address };
    const parts = { ...who, requestId, refreshToken: null, minimumTenancyVersion };
    const caller = callerFrom(connection.request.headers, { ...parts, deadline: deadline.at });
    return new OperationContext({
      caller,
      refusal: this.parts.admission.refusalOf(caller),
      deadline,
      transport: "websocket",
      tenancyVersions,
      keepSession: () => logger.warn({ requestId }, "a session was answered over a WebSocket, which keeps no cookies"),
    });
  }

  private async execute(request: SocketOperation) {
    const result = await this.parts.executor.execute(request);
    this.finish(request, codesOf(result.errors));
    return result;
  }

  private subscribe(request: SocketOperation) {
    const { caller } = request.context;
    const refused = this.parts.admission.openSubscription(caller);
    if (refused) return this.notOpened(request, [presentAsError(refused, caller.requestId)]);
    const opened = this.parts.subscriptions.open(request, {
      queuedEvents: this.parts.limits.queuedEvents,
      patienceMilliseconds: this.parts.limits.slowClientMilliseconds,
      eventMilliseconds: this.parts.limits.operationMilliseconds,
      overflowed: () => request.connection.close(closings.tooSlow),
      closed: (events, codes) => {
        this.parts.admission.closeSubscription(caller);
        this.finish(request, codes, events);
      },
    });
    if (!("errors" in opened)) return opened;
    this.parts.admission.closeSubscription(caller);
    return this.notOpened(request, opened.errors);
  }

  private notOpened(request: SocketOperation, errors: readonly GraphQLError[]) {
    this.finish(request, codesOf(errors));
    return { errors };
  }

  private finish({ context, record }: SocketOperation, codes: readonly string[], events?: number): void {
    context.deadline.end();
    const { caller, startedAt, transport, cost } = context;
    logOperation(this.parts.logger, {
      ...record,
      caller,
      startedAt,
      transport,
      codes,
      cost,
      ...(events !== undefined && { events }),
    });
  }
}

interface SocketOperation extends OperationRequest {
  connection: Connection;
  record: Pick<OperationRecord, "name" | "kind">;
}

function requestOf(args: ExecutionArgs): SocketOperation {
  return args.contextValue as SocketOperation; // put there by `prepare`, the only maker of these arguments
}

/** What is thrown while an operation begins would close the socket, with all other operations on it. */
function operationOrRefusal(document: DocumentNode, name: string | null): OperationDefinitionNode | GraphQLError {
  try {
    return chosenOperation(document, name);
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}
