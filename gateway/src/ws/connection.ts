import type { IncomingHttpHeaders } from "node:http";
import type { AccessClaims } from "@tollgate/kit/protocol";
import type { WebSocket } from "ws";
import type { ForwardedHeaders } from "../transport/forwarded.js";
import type { Closing } from "./close-codes.js";

interface Stoppable {
  stop(): void;
}

/** One WebSocket with what its client showed of itself. */
export class Connection {
  /** Set once the client has proven who it is. */
  claims: AccessClaims | null = null;
  accessToken: string | null = null;
  narrowedOrganisationId: string | null = null;
  /** Headers that go along to subgraphs as they are; null where none do. */
  forwarded: ForwardedHeaders | null = null;
  private lifetime: NodeJS.Timeout | null = null;
  /** The subscriptions that run on it, by the ids that its client gave them. */
  private readonly streams = new Map<string, Stoppable>();

  constructor(
    readonly socket: WebSocket,
    /** Of the request that became this socket, until it has proven who it is; then what operations are told of them. */
    public headers: IncomingHttpHeaders,
    readonly address: string,
  ) {}

  /** Keeps no more of the headers than is told to subgraphs: there are many sockets, most of them idle. */
  recognised(claims: AccessClaims | null, accessToken: string | null): void {
    const { "user-agent": agent, "accept-language": languages } = this.headers;
    this.headers = { ...(agent && { "user-agent": agent }), ...(languages && { "accept-language": languages }) };
    this.accessToken = accessToken;
    this.claims = claims; // from now on it is found when sessions end
  }

  /** Resolves when it has left the process, so that a slow client slows its subscriptions down; never rejects. */
  async send(text: string | Buffer): Promise<void> {
    const { socket } = this;
    if (socket.readyState !== socket.OPEN) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    socket.send(text, { binary: false }, () => resolve()); // a failed send is followed by `close`
    await promise;
  }

  /**
   * Takes a subscription to end with it. One that had the id before ends now: a client that completes and subscribes anew in
   * one breath makes graphql-ws forget the first one, which would run on for nobody.
   */
  began(id: string, stream: Stoppable): void {
    this.streams.get(id)?.stop();
    this.streams.set(id, stream);
  }

  /** A subscription is over. */
  ended(id: string, stream: Stoppable): void {
    if (this.streams.get(id) === stream) this.streams.delete(id);
  }

  close({ code, reason }: Closing): void {
    this.socket.close(code, reason);
  }

  /** Closes the socket after some milliseconds, whatever happens on it. */
  limitLife(milliseconds: number, closing: Closing): void {
    if (this.socket.readyState !== this.socket.OPEN) return; // closed while its client was recognised: nobody would clear it
    this.lifetime = setTimeout(() => this.close(closing), milliseconds);
    this.lifetime.unref();
  }

  /** Frees what the connection holds; the socket is closed by now. */
  closed(): void {
    if (this.lifetime) clearTimeout(this.lifetime);
    for (const stream of this.streams.values()) stream.stop();
    this.streams.clear();
  }
}
