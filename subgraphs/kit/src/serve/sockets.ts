import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { type ExecutionArgs, type ExecutionResult, GraphQLError, type GraphQLSchema, getOperationAST } from "graphql";
import { type Context, handleProtocols, makeServer, type SubscribePayload } from "graphql-ws";
import { type WebSocket, WebSocketServer } from "ws";
import { bearerFrom } from "../protocol/headers.js";
import { CONNECT_CALL, GATEWAY, GRAPHQL_PATH } from "../protocol/processes.js";
import { verifyCall } from "../protocol/signing.js";
import type { SubgraphRequest, SubgraphResponse } from "../protocol/subgraph.js";
import { CLOSINGS, Connection, ConnectionRefused, type Shown } from "./connection.js";
import { type GraphqlParts, prepare } from "./graphql-route.js";

const LARGEST_MESSAGE = 4 * 1024 * 1024;
const PING_MILLISECONDS = 12_000;
/** Of one client that is not the gateway. */
const STRANGERS_SUBSCRIPTIONS = 50;

type SocketContext = Context<Record<string, unknown>, Connection>;

/** Subscriptions (and other operations) over graphql-transport-ws, on the path of the HTTP route. */
export class Sockets {
  private readonly server = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE, handleProtocols });
  private readonly connections = new Set<Connection>();
  private readonly protocol;
  private stopping = false;

  constructor(
    private readonly parts: GraphqlParts,
    private readonly schema: GraphQLSchema,
  ) {
    this.protocol = makeServer<Record<string, unknown>, Connection>({
      onConnect: (context) => this.connect(context),
      onSubscribe: (context, _id, payload) => this.prepare(context, payload),
      execute: (args) => this.execute(args),
      subscribe: (args) => this.subscribe(args),
      // Our answers carry plain errors, which the library would try to turn into such.
      onNext: (_context, _id, _payload, _args, result) => result as never,
    });
  }

  attach(server: Server): void {
    server.on("upgrade", (request, stream, head) => this.upgrade(request, stream, head));
  }

  /** Sockets of sessions that were ended, or whose permissions are older than what their user may do now. */
  closeEnded(): void {
    for (const connection of this.connections) {
      const { shown } = connection;
      const claims = shown?.kind === "STRANGER" ? shown.caller.claims : null;
      if (claims && this.parts.recognition.hasEnded(claims)) connection.close(CLOSINGS.sessionEnded);
    }
  }

  /** Closes all with 1001, without completing what runs on them: it is taken up again elsewhere or later. */
  async stop(milliseconds: number): Promise<void> {
    this.stopping = true;
    await Promise.all([...this.connections].map((connection) => connection.goAway(milliseconds)));
  }

  private upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    stream.on("error", (error) => this.parts.logger.debug({ error }, "WebSocket upgrade broke off"));
    const isOurs = (request.url ?? "").split("?", 1)[0] === GRAPHQL_PATH;
    if (this.stopping || !isOurs) stream.end(`HTTP/1.1 ${isOurs ? 503 : 404} Refused\r\nConnection: close\r\n\r\n`);
    else this.server.handleUpgrade(request, stream, head, (socket) => this.serve(socket, request));
  }

  private serve(socket: WebSocket, request: IncomingMessage): void {
    const connection = new Connection(socket, request, PING_MILLISECONDS);
    this.connections.add(connection);
    const closed = this.protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => sendTo(socket, text),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (handle) => {
          socket.on("message", (data) => void this.receive(connection, handle, String(data)));
        },
      },
      connection,
    );
    socket.on("error", (error) => this.parts.logger.debug({ error }, "WebSocket broke"));
    socket.once("close", (code, reason) => {
      connection.released();
      this.connections.delete(connection);
      closed(code, String(reason)).catch((error: unknown) => this.parts.logger.error({ error }, "WebSocket"));
    });
  }

  private async receive(connection: Connection, handle: (text: string) => Promise<void>, text: string): Promise<void> {
    try {
      await handle(text);
    } catch (error) {
      const refused = error instanceof ConnectionRefused;
      if (!refused) this.parts.logger.error({ error }, "a WebSocket message could not be handled");
      connection.close(refused ? error.closing : CLOSINGS.internal);
    }
  }

  private async connect({ extra: connection, connectionParams }: SocketContext): Promise<void> {
    const shown = await this.shownBy(connection, connectionParams ?? {});
    connection.shown = shown;
    if (shown.kind === "GATEWAY" || !shown.caller.claims) return;
    connection.endAt(shown.caller.claims.exp);
    // What ended while the token was looked at.
    if (this.parts.recognition.hasEnded(shown.caller.claims)) throw new ConnectionRefused(CLOSINGS.sessionEnded);
  }

  private async shownBy({ request }: Connection, told: Readonly<Record<string, unknown>>): Promise<Shown> {
    const { masterSecret, service, recognition } = this.parts;
    if (verifyCall(masterSecret, service.name, [GATEWAY], told, CONNECT_CALL) !== null) return { kind: "GATEWAY" };
    const { headers, socket } = request;
    const narrowing = told["x-organisation-id"];
    const shownHeaders = typeof narrowing === "string" ? { ...headers, "x-organisation-id": narrowing } : headers;
    const bearer = bearerFrom(told["authorization"] ?? headers.authorization);
    const recognised = await recognition.stranger(shownHeaders, bearer, socket.remoteAddress ?? "");
    if ("caller" in recognised) {
      if (!recognised.caller.claims) throw new ConnectionRefused(CLOSINGS.unauthorized);
      return { kind: "STRANGER", caller: recognised.caller };
    }
    const code = recognised.refusal.extensions?.["code"];
    if (code === "UNAVAILABLE") throw new ConnectionRefused(CLOSINGS.unavailable);
    throw new ConnectionRefused(code === "INVALID_INPUT" ? CLOSINGS.badRequest : CLOSINGS.unauthorized);
  }

  private async prepare(
    socket: SocketContext,
    payload: SubscribePayload,
  ): Promise<ExecutionArgs | readonly GraphQLError[]> {
    const { shown } = socket.extra;
    const absence = this.parts.absence();
    if (!shown || absence !== null) return [refusalOf("UNAVAILABLE", absence ?? "Nobody is known here")];
    const isGateway = shown.kind === "GATEWAY";
    if (!isGateway && Object.keys(socket.subscriptions).length > STRANGERS_SUBSCRIPTIONS)
      return [refusalOf("RATE_LIMITED", `One connection carries ${STRANGERS_SUBSCRIPTIONS} operations at most`)];
    const recognised = isGateway
      ? await this.parts.recognition.fromGateway(payload.extensions)
      : { caller: { ...shown.caller, deadline: Date.now() + 15_000 } };
    const prepared = prepare({ ...payload, extensions: null }, isGateway, recognised, this.parts);
    if ("errors" in prepared)
      return prepared.errors.map(({ message, extensions }) => new GraphQLError(message, { extensions }));
    const { document, operationName } = prepared.request;
    if (!getOperationAST(document, operationName)) return [refusalOf("INVALID_INPUT", "There is no such operation")];
    return {
      schema: this.schema,
      document,
      operationName,
      contextValue: { ...prepared, isGateway } satisfies Prepared,
    };
  }

  private async execute(args: ExecutionArgs): Promise<ExecutionResult> {
    const { request, isGateway } = preparedOf(args);
    return shownTo(isGateway, await this.parts.service.execute(request));
  }

  private subscribe(args: ExecutionArgs): AsyncIterableIterator<ExecutionResult> {
    const { request, isGateway } = preparedOf(args);
    const events = this.parts.service.subscribe(request);
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      next: async () => {
        const step = await events.next();
        return step.done ? step : { done: false, value: shownTo(isGateway, step.value) };
      },
      return: async () => {
        await events.return?.();
        return { done: true, value: undefined };
      },
    };
  }
}

interface Prepared {
  request: SubgraphRequest;
  isGateway: boolean;
}

const preparedOf = (args: ExecutionArgs): Prepared => args.contextValue as Prepared; // put there by `prepare`

/** graphql-ws sends it as it is; its type has errors of the engine, ours are plain by now. */
const shownTo = (isGateway: boolean, { extensions, ...response }: SubgraphResponse): ExecutionResult =>
  (isGateway && extensions ? { ...response, extensions } : response) as ExecutionResult;

const refusalOf = (code: string, message: string): GraphQLError => new GraphQLError(message, { extensions: { code } });

/** Resolves when the text has left the process, so that a slow reader slows its subscriptions down. */
const sendTo = async (socket: WebSocket, text: string): Promise<void> => {
  if (socket.readyState !== socket.OPEN) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.send(text, () => resolve()); // a failed send is followed by `close`
  await promise;
};
