import type { SubgraphResponse } from "@tollgate/kit/protocol";
import { type Client, createClient } from "graphql-ws";
import { WebSocket } from "ws";

/** Milliseconds between two pings, and that their answers may take: what does not answer is gone. */
const PING_MILLISECONDS = 10_000;
const PONG_MILLISECONDS = 5_000;
const ACKNOWLEDGE_MILLISECONDS = 5_000;
/** An unused connection is kept for whoever subscribes next. */
const IDLE_MILLISECONDS = 10_000;
/** What sends more in one event would only fill the memory here. */
const MAX_EVENT_BYTES = 32 * 1_048_576;

export interface RemoteSocketParts {
  /** Of the subgraph over HTTP. */
  url: string;
  /** Sent with each new connection. */
  connectionParams: () => Record<string, unknown>;
  /** Of the request that becomes the connection. */
  headers?: Readonly<Record<string, string>>;
}

/** An operation as it travels. */
export interface WrittenOperation {
  query: string;
  operationName?: string | undefined;
  variables?: Record<string, unknown> | undefined;
  extensions?: object | undefined;
}

/** What a subscriber hears. */
export interface RemoteSink {
  next: (response: SubgraphResponse) => void;
  /** Errors of GraphQL in a list where the subgraph refused; anything else where the connection was lost. */
  error: (reason: unknown) => void;
  complete: () => void;
}

/** A WebSocket to a subgraph, opened when somebody subscribes; it does not reconnect by itself. */
export class RemoteSocket {
  private readonly client: Client;
  private acknowledged = 0;
  private connected = false;

  constructor({ url, connectionParams, headers = {} }: RemoteSocketParts) {
    let silence: NodeJS.Timeout | undefined;
    this.client = createClient({
      url: url.replace(/^http/, "ws"),
      webSocketImpl: class extends WebSocket {
        constructor(address: string, protocols: string) {
          super(address, protocols, { headers: { ...headers }, maxPayload: MAX_EVENT_BYTES });
        }
      },
      retryAttempts: 0,
      lazyCloseTimeout: IDLE_MILLISECONDS,
      connectionAckWaitTimeout: ACKNOWLEDGE_MILLISECONDS,
      keepAlive: PING_MILLISECONDS,
      connectionParams,
      on: {
        connected: () => {
          this.connected = true;
          this.acknowledged += 1;
        },
        closed: () => {
          this.connected = false;
          clearTimeout(silence);
        },
        ping: (received) => {
          if (!received) silence = setTimeout(() => this.client.terminate(), PONG_MILLISECONDS);
        },
        pong: (received) => {
          if (received) clearTimeout(silence);
        },
      },
    });
  }

  /** How often it was connected so far, the present connection included. */
  get connections(): number {
    return this.acknowledged;
  }

  get isConnected(): boolean {
    return this.connected;
  }

  /** @returns how to leave */
  subscribe(operation: WrittenOperation, sink: RemoteSink): () => void {
    // Its types know errors of the engine only; those of a subgraph are plain by the time they travel.
    const { extensions, ...others } = operation;
    return this.client.subscribe({ ...others, ...(extensions && { extensions: { ...extensions } }) }, sink as never);
  }

  async close(): Promise<void> {
    await this.client.dispose();
  }
}
