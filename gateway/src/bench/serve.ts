// A server of the benchmark in a process of its own, told what to do by its parent.
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { ApolloGateway } from "@apollo/gateway";
import { ApolloServer, type ApolloServerOptions, type BaseContext } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import type { SubgraphService } from "@tollgate/kit/protocol";
import { type DocumentNode, parse } from "graphql";
import { pino } from "pino";
import { type WebSocket, WebSocketServer } from "ws";
import { createGateway } from "../create-gateway.js";
import type { GatewayOptions } from "../options.js";
import { createFixtureGraph, type Sample } from "../testing/graph.js";
import { IdentityFixture } from "../testing/identity.js";
import { FixtureService } from "../testing/service.js";
import type { Answer, Order } from "./orders.js";
import { monolithResolvers, monolithSdl, shopResolvers, shopSdl, shopSupergraph } from "./shop.js";

const endless = { perSecond: 1_000_000, burst: 1_000_000 };
const common: Omit<GatewayOptions, "supergraphSdl" | "services" | "identity"> = {
  host: "127.0.0.1",
  port: 0,
  publicUrl: "http://127.0.0.1",
  secureCookies: false,
  logger: pino({ level: "warn" }),
  webRoot: null,
  graphiqlRoot: null,
  routes: [],
  health: async () => ({ ready: true, checks: [] }),
  explore: true,
  limits: {
    addressRate: endless,
    callerRate: endless,
    subscriptionsPerCaller: 1_000_000,
    cost: Number.MAX_SAFE_INTEGER,
    connectionInitMilliseconds: 60_000,
    pingMilliseconds: 600_000,
  },
};

interface Server {
  url: string;
  tokens?: (count: number) => Promise<string[]>;
  publish?: (samples: readonly Sample[]) => void;
}

const shopServices = (): FixtureService[] =>
  Object.entries(shopSdl).map(([name, sdl]) => new FixtureService(name, sdl, shopResolvers[name] ?? {}));

/** @param shares whether subscribers may have one upstream */
async function live(shares: boolean): Promise<Server> {
  const graph = createFixtureGraph();
  const identity = await IdentityFixture.create();
  const services = [graph.accounts, graph.telemetry, graph.billing].map(
    (service): SubgraphService => ({
      name: service.name,
      takesScopes: shares,
      execute: async (request) => {
        service.requests.length = 0;
        return await service.execute(request);
      },
      subscribe: (request) => service.subscribe(request),
    }),
  );
  const { url } = await createGateway({ ...common, supergraphSdl: graph.supergraphSdl, services, identity });
  return {
    url,
    tokens: async (count) => {
      const { claims } = await identity.issue([]);
      const issue = async () => (await identity.issue(["price:read", "vm:read"], { org: claims.org })).token;
      return await Promise.all(Array.from({ length: count }, issue));
    },
    publish: (samples) => graph.samples.publish({ vmSamples: [...samples] }),
  };
}

/** What it costs merely to write the same bytes to as many sockets. */
async function floor(): Promise<Server> {
  const http = createServer();
  const subscribers = new Map<WebSocket, string>();
  new WebSocketServer({ server: http, handleProtocols: () => "graphql-transport-ws" }).on("connection", (socket) => {
    socket.on("message", (data) => {
      const { type, id } = JSON.parse(String(data)) as { type: string; id: string };
      if (type === "connection_init") socket.send('{"type":"connection_ack"}');
      if (type === "subscribe") subscribers.set(socket, id);
    });
    socket.on("close", () => subscribers.delete(socket));
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const address = http.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    tokens: async (count) => Array.from({ length: count }, () => "none"),
    publish: (samples) => {
      const vmSamples = samples.map(({ cpuPercent, vm }) => {
        return { cpuPercent, vm: { id: vm.id, name: vm.name, hourlyCost: { formatted: `R ${vm.id}.00` } } };
      });
      const payload = JSON.stringify({ data: { vmSamples } });
      for (const [socket, id] of subscribers) socket.send(`{"id":"${id}","type":"next","payload":${payload}}`);
    },
  };
}

/** The shop's subgraphs over HTTP, one path for each. */
async function subgraphs(): Promise<Server> {
  const services = new Map(shopServices().map((service) => [`/${service.name}`, service]));
  const documents = new Map<string, DocumentNode>();
  const read = (query: string): DocumentNode => {
    const document = documents.get(query) ?? parse(query);
    documents.set(query, document);
    return document;
  };
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { query, variables } = JSON.parse(Buffer.concat(chunks).toString()) as { query: string; variables: object };
      const service = services.get(request.url ?? "");
      const caller = { requestId: "-" } as never; // the shop's resolvers ask nobody who they are
      const answer = service?.execute({ document: read(query), variables: { ...variables }, caller });
      void answer?.then(({ data, errors }) => {
        service?.requests.splice(0);
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ data, errors }));
      });
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const address = http.address();
  return { url: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}` };
}

async function ours(): Promise<Server> {
  const services = shopServices().map(
    (service): SubgraphService => ({
      name: service.name,
      execute: async (request) => {
        service.requests.length = 0;
        return await service.execute(request);
      },
      subscribe: (request) => service.subscribe(request),
    }),
  );
  const supergraphSdl = shopSupergraph((name) => `http://${name}.invalid`);
  return await createGateway({ ...common, supergraphSdl, services, identity: null });
}

async function apollo(options: ApolloServerOptions<BaseContext>): Promise<Server> {
  const server = new ApolloServer({ ...options, introspection: false });
  const { url } = await startStandaloneServer(server, { listen: { port: 0, host: "127.0.0.1" } });
  return { url: url.replace(/\/$/, "") };
}

async function stock(subgraphsUrl: string): Promise<Server> {
  const supergraphSdl = shopSupergraph((name) => `${subgraphsUrl}/${name}`);
  // Its types name an older version of the same interface.
  return await apollo({ gateway: new ApolloGateway({ supergraphSdl }) as never });
}

const kinds: Readonly<Record<string, (argument: string) => Promise<Server>>> = {
  live: async () => await live(true),
  "live, unshared": async () => await live(false),
  floor,
  subgraphs,
  ours,
  stock,
  monolith: async () => await apollo({ typeDefs: monolithSdl, resolvers: monolithResolvers }),
};

/** @param number of the event, whose moment goes along as the load of its first machine */
function samplesAt(machines: number): Sample[] {
  const now = performance.timeOrigin + performance.now();
  return Array.from({ length: machines }, (_, index) => {
    const id = `${index + 1}`;
    return { cpuPercent: index === 0 ? now : 12.5, vm: { __typename: "Vm", id, name: `machine-${id}` } };
  });
}

const [kind = "", argument = ""] = process.argv.slice(2);
const server = await kinds[kind]?.(argument);
if (!server) throw new Error(`There is no server of the kind ${kind}`);

async function follow(order: Order): Promise<Answer> {
  switch (order.do) {
    case "tokens":
      return { tokens: (await server?.tokens?.(order.count)) ?? [] };
    case "publish":
      for (let number = 0; number < order.events; number += 1) {
        server?.publish?.(samplesAt(order.machines));
        await pause(order.everyMilliseconds);
      }
      return {};
    case "usage": {
      global.gc?.();
      const { user, system } = process.cpuUsage();
      const { rss, heapUsed, external } = process.memoryUsage();
      return { cpuSeconds: (user + system) / 1e6, rss, heap: heapUsed + external };
    }
  }
}

process.on("message", ({ number, order }: { number: number; order: Order }) => {
  void follow(order).then((answer) => process.send?.({ number, answer }));
});
process.on("disconnect", () => process.exit());
process.send?.({ number: 0, answer: { url: server.url } });
