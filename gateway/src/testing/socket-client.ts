import type { FormattedExecutionResult } from "graphql";
import { type Client, createClient } from "graphql-ws";
import { WebSocket } from "ws";

export interface SocketClientOptions {
  token?: string;
  cookie?: string;
  origin?: string;
  connectionParams?: Record<string, unknown>;
}

/** A graphql-ws client that does not connect again, so that a close can be seen. */
export class SocketClient {
  readonly closed: Promise<{ code: number; reason: string }>;
  private readonly client: Client;
  private socket: WebSocket | null = null;

  constructor(url: string, { token, cookie, origin, connectionParams }: SocketClientOptions = {}) {
    const closed = Promise.withResolvers<{ code: number; reason: string }>();
    this.closed = closed.promise;
    const opened = (socket: WebSocket): void => {
      this.socket = socket;
    };
    this.client = createClient({
      url: `${url.replace(/^http/, "ws")}/graphql`,
      webSocketImpl: class extends WebSocket {
        constructor(address: string, protocols: string) {
          super(address, protocols, { headers: { ...(cookie && { cookie }) }, ...(origin && { origin }) });
          opened(this);
        }
      },
      retryAttempts: 0,
      connectionParams: { ...connectionParams, ...(token && { authorization: `Bearer ${token}` }) },
      on: { closed: (event) => closed.resolve(event as { code: number; reason: string }) }, // a close event of `ws`
    });
  }

  /** The results of an operation, as they come. Leaving the loop completes it. */
  run(query: string, variables?: Record<string, unknown>): AsyncIterableIterator<FormattedExecutionResult> {
    return this.client.iterate({ query, variables });
  }

  /** The next result of a subscription. */
  async next(results: AsyncIterableIterator<FormattedExecutionResult>): Promise<FormattedExecutionResult> {
    const { value, done } = await results.next();
    if (done) throw new Error("The subscription has completed");
    return value;
  }

  /** Stops reading from the network, as a client does whose line is too thin. */
  pause(): void {
    this.socket?.pause();
  }

  resume(): void {
    this.socket?.resume();
  }

  /** Breaks the connection without a word. */
  terminate(): void {
    this.socket?.terminate();
  }

  async dispose(): Promise<void> {
    await this.client.dispose();
  }
}
