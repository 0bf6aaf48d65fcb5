import type { IncomingHttpHeaders } from "node:http";
import { ApolloServer } from "@apollo/server";
import { ApolloServerPluginInlineTraceDisabled } from "@apollo/server/plugin/disabled";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { fastifyApolloHandler } from "@as-integrations/fastify";
import fastify from "fastify";
import { parse } from "graphql";
import { useServer as serveSockets } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";

type LibraryModule = Extract<Parameters<typeof buildSubgraphSchema>[0], { typeDefs: unknown }>;

export interface HttpSubgraphOptions {
  sdl: string;
  resolvers: Record<string, Record<string, unknown>>;
  /** 0 takes a free one. */
  port?: number;
}

/** A subgraph as anybody has one: Apollo Server over HTTP, graphql-ws beside it. */
export interface HttpSubgraph {
  url: string;
  port: number;
  /** The headers of the operations that it got. */
  asked: IncomingHttpHeaders[];
  /** Headers and connection parameters of the sockets that it got. */
  connected: { headers: IncomingHttpHeaders; parameters: Record<string, unknown> }[];
  /** Breaks all sockets without a word. */
  breakSockets(): void;
  stop(): Promise<void>;
}

export async function startHttpSubgraph({ sdl, resolvers, port = 0 }: HttpSubgraphOptions): Promise<HttpSubgraph> {
  // The library's resolvers take arguments of any kind; those of tests name theirs.
  const module = { typeDefs: parse(sdl), resolvers } as unknown as LibraryModule;
  const schema = buildSubgraphSchema([module]);
  const plugins = [ApolloServerPluginInlineTraceDisabled()];
  const apollo = new ApolloServer({ schema, plugins, stopOnTerminationSignals: false });
  await apollo.start();
  const asked: IncomingHttpHeaders[] = [];
  const connected: HttpSubgraph["connected"] = [];
  const app = fastify({ forceCloseConnections: true });
  const context = async ({ headers }: { headers: IncomingHttpHeaders }) => {
    asked.push(headers);
    return { authorization: headers.authorization ?? null };
  };
  app.route({ url: "/graphql", method: "POST", handler: fastifyApolloHandler(apollo, { context }) });
  const sockets = new WebSocketServer({ noServer: true });
  const server = serveSockets(
    {
      schema,
      onConnect: ({ extra, connectionParams }) => {
        connected.push({ headers: extra.request.headers, parameters: { ...connectionParams } });
        return connectionParams?.authorization !== "Bearer refused";
      },
      context: ({ connectionParams }) => ({ authorization: connectionParams?.authorization ?? null }),
    },
    sockets,
  );
  app.server.on("upgrade", (request, socket, head) =>
    sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit("connection", opened, request)),
  );
  const address = await app.listen({ host: "127.0.0.1", port });
  const breakSockets = (): void => {
    for (const socket of sockets.clients) socket.terminate();
  };
  return {
    url: `${address}/graphql`,
    port: Number(new URL(address).port),
    asked,
    connected,
    breakSockets,
    stop: async () => {
      breakSockets();
      await server.dispose();
      await app.close();
      await apollo.stop();
    },
  };
}
