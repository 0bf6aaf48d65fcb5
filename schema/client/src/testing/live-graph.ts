import type { AddressInfo } from "node:net";
import { buildSchema } from "graphql";
import { useServer as serveGraph } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";

const schema = buildSchema(`
  type Query { nothing: Boolean }
  type Subscription { counted(after: Int): Int }
`);

export interface Followed {
  after: number | null;
  /** 1 for the first subscription that the graph was asked for. */
  number: number;
  /** Aborted when the client is gone or wants no more. */
  gone: AbortSignal;
}

/** A graph whose streams and sockets a test has in its hands. */
export class LiveGraph {
  /** What clients showed when they connected, in that order. */
  readonly shown: Record<string, unknown>[] = [];
  /** Cursors of the subscriptions asked for, in that order. */
  readonly cursors: (number | null)[] = [];

  private constructor(
    private readonly server: WebSocketServer,
    readonly url: string,
  ) {}

  /**
   * @param stream the numbers of a subscription; throws to refuse it
   * @param closing of a connection that shows this; null to let it in
   */
  static async start(
    stream: (followed: Followed) => AsyncGenerator<number>,
    closing: (shown: Record<string, unknown>) => { code: number; reason: string } | null = () => null,
  ): Promise<LiveGraph> {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", path: "/graphql" });
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo; // of a TCP server
    const graph = new LiveGraph(server, `http://127.0.0.1:${port}`);
    const counted = async function* ({ after }: { after?: number | null }) {
      graph.cursors.push(after ?? null);
      const gone = new AbortController();
      try {
        for await (const number of stream({ after: after ?? null, number: graph.cursors.length, gone: gone.signal }))
          yield { counted: number };
      } finally {
        gone.abort();
      }
    };
    serveGraph(
      {
        schema,
        roots: { subscription: { counted } },
        onConnect: ({ connectionParams, extra }) => {
          graph.shown.push(connectionParams ?? {});
          const refused = closing(connectionParams ?? {});
          if (refused) extra.socket.close(refused.code, refused.reason);
          return refused === null;
        },
      },
      server,
    );
    return graph;
  }

  /** Closes all sockets, or breaks them without a code. */
  hangUp(code?: number, reason = "test"): void {
    for (const socket of this.server.clients) code === undefined ? socket.terminate() : socket.close(code, reason);
  }

  /** Sockets stay open, but nothing that comes over them is read any more. */
  fallSilent(): void {
    for (const socket of this.server.clients) socket.pause();
  }

  get connections(): number {
    return this.server.clients.size;
  }

  async stop(): Promise<void> {
    for (const socket of this.server.clients) socket.terminate();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
