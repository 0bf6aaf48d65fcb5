import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { handleProtocols, makeServer } from "graphql-ws";
import type { Logger } from "pino";
import { type WebSocket, WebSocketServer } from "ws";
import type { AddressOf } from "../http/address.js";
import { readCookies } from "../identity/cookies.js";
import { hasSessionCookie, isOwnOrigin } from "../identity/origin.js";
import { meters } from "../observe/meters.js";
import { closings, SocketRefusal } from "./close-codes.js";
import { Connection } from "./connection.js";
import { GraphProtocol, type GraphProtocolParts } from "./graph-protocol.js";
import { keepAlive } from "./keep-alive.js";

export interface SocketServerParts extends GraphProtocolParts {
  path: string;
  publicUrl: string;
  addressOf: AddressOf;
}

/** Why upgrades are refused, as it is counted. */
const refusals: ReadonlyMap<string, string> = new Map([
  ["429 Too Many Requests", "rate of the address"],
  ["403 Forbidden", "foreign origin"],
  ["404 Not Found", "another path"],
  ["503 Service Unavailable", "stopping"],
]);

/** The codes with which sockets close that say something: our own, those of the protocol, and going away. */
const tellingCodes: ReadonlySet<number> = new Set([
  ...Object.values(closings).map(({ code }) => code),
  ...[1000, 1005, 1006, 1009, 4408, 4409, 4429],
]);

/** GraphQL over WebSocket (graphql-transport-ws) on the port of the HTTP server. */
export class SocketServer {
  private readonly sockets: WebSocketServer;
  private readonly connections = new Set<Connection>();
  private readonly protocol: ReturnType<typeof makeServer<Record<string, unknown>, Connection>>;
  private stopping = false;

  constructor(private readonly parts: SocketServerParts) {
    const { bodyBytes: maxPayload } = parts.limits;
    this.sockets = new WebSocketServer({ noServer: true, maxPayload, handleProtocols });
    this.protocol = makeServer(new GraphProtocol(parts).options());
  }

  /** How many sockets are open. */
  get size(): number {
    return this.connections.size;
  }

  /** Takes over the WebSocket upgrades of an HTTP server. */
  attach(server: Server): void {
    server.on("upgrade", (request, stream, head) => this.upgrade(request, stream, head));
  }

  /** Closes the sockets whose session does not hold any more. */
  closeEnded(): void {
    for (const connection of this.connections) {
      const closing = connection.claims && this.parts.closingOf(connection.claims);
      if (closing) connection.close(closing);
    }
  }

  /**
   * Closes all sockets with 1001. Their subscriptions are not completed but left to be taken up again: a client that sees
   * `complete` believes that there is nothing more to come.
   * @param milliseconds how long clients may take to close their side
   */
  async stop(milliseconds: number): Promise<void> {
    this.stopping = true;
    const gone = [...this.connections].map(({ socket }) => closedWithin(socket, milliseconds));
    for (const connection of this.connections) connection.close(closings.goingAway);
    await Promise.all(gone);
  }

  /** Made once: one made in `upgrade` would keep the request for as long as its socket lives. */
  private readonly brokeOff = (error: Error): void => {
    this.parts.logger.debug({ err: error }, "WebSocket upgrade broke off");
  };

  private upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    stream.on("error", this.brokeOff);
    const refused = this.refusalOf(request);
    if (refused) {
      meters.refused.inc({ reason: refusals.get(refused) ?? "other" });
      refuseUpgrade(stream, refused);
    } else this.sockets.handleUpgrade(request, stream, head, (socket) => this.serve(socket, request));
  }

  /** Why a request may not become a WebSocket, as an HTTP status. */
  private refusalOf(request: IncomingMessage): string | null {
    const path = (request.url ?? "").split("?", 1)[0];
    if (this.stopping) return "503 Service Unavailable";
    if (path !== this.parts.path) return "404 Not Found";
    if (this.parts.admission.waitOfAddress(this.parts.addressOf(request)) > 0) return "429 Too Many Requests";
    const cookies = readCookies(request.headers.cookie);
    const foreign = hasSessionCookie(cookies) && !isOwnOrigin(request.headers, this.parts.publicUrl);
    return foreign ? "403 Forbidden" : null;
  }

  private serve(socket: WebSocket, request: IncomingMessage): void {
    const connection = new Connection(socket, request.headers, this.parts.addressOf(request));
    this.connections.add(connection);
    const stopPinging = keepAlive(socket, this.parts.limits.pingMilliseconds);
    const closed = this.protocol.opened(
      {
        protocol: socket.protocol,
        send: async (text) => await connection.send(text),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (handle) => {
          socket.on("message", (data) => void this.receive(connection, handle, String(data)));
        },
      },
      connection,
    );
    socket.on("error", (error) => this.parts.logger.debug({ err: error }, "WebSocket broke"));
    socket.once("close", (code, reason) => {
      stopPinging();
      meters.closings.inc({ code: tellingCodes.has(code) ? String(code) : "other" });
      connection.closed();
      this.connections.delete(connection);
      closed(code, String(reason)).catch((error: unknown) => logFailure(this.parts.logger, error));
    });
  }

  private async receive(connection: Connection, handle: (text: string) => Promise<void>, text: string): Promise<void> {
    try {
      await handle(text);
    } catch (error) {
      const refused = error instanceof SocketRefusal;
      if (!refused) logFailure(this.parts.logger, error);
      connection.close(refused ? error.closing : closings.internal);
    }
  }
}

function logFailure(logger: Logger, error: unknown): void {
  logger.error({ err: error }, "a WebSocket message could not be handled");
}

async function closedWithin(socket: WebSocket, milliseconds: number): Promise<void> {
  if (socket.readyState === socket.CLOSED) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => socket.terminate(), milliseconds);
  socket.once("close", () => resolve());
  await promise;
  clearTimeout(timer);
}

function refuseUpgrade(stream: Duplex, status: string): void {
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
