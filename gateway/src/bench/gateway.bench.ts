// npm run bench -- gateway: live events to many clients, and queries beside stock @apollo/gateway and a monolith. The
// servers are processes of their own; the clients are this one.
import { Agent, request } from "node:http";
import { cpus, loadavg } from "node:os";
import { WebSocket } from "ws";
import { ServerProcess } from "./orders.js";
import { shopQueries } from "./shop.js";

type Running = Awaited<ReturnType<typeof ServerProcess.start>>;

const subscription = "subscription Live { vmSamples { cpuPercent vm { id name hourlyCost { formatted } } } }";
const machines = 5;
const opened = 200;

/** Clients of one server that read what is sent to them, and do nothing else. */
class Crowd {
  readonly delays: number[] = [];
  private readonly sockets: WebSocket[] = [];

  async join(url: string, tokens: readonly string[], count: number): Promise<void> {
    while (this.sockets.length < count) {
      const some = Math.min(opened, count - this.sockets.length);
      const from = this.sockets.length;
      const joining = Array.from({ length: some }, async (_, index) => {
        await this.open(url, tokens[(from + index) % tokens.length] ?? "");
      });
      await Promise.all(joining);
    }
  }

  async received(deliveries: number): Promise<void> {
    const patience = performance.now() + 120_000;
    while (this.delays.length < deliveries) {
      if (performance.now() > patience) throw new Error(`${this.delays.length} of ${deliveries} were delivered`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  leave(): void {
    for (const socket of this.sockets) socket.terminate();
  }

  private async open(url: string, token: string): Promise<void> {
    const socket = new WebSocket(`${url.replace("http", "ws")}/graphql`, "graphql-transport-ws");
    this.sockets.push(socket);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.once("error", reject);
    socket.once("open", () => {
      socket.send(JSON.stringify({ type: "connection_init", payload: { authorization: `Bearer ${token}` } }));
    });
    socket.on("message", (data: Buffer) => {
      if (data.includes('"connection_ack"')) {
        socket.send(JSON.stringify({ id: "1", type: "subscribe", payload: { query: subscription } }), () => resolve());
      } else this.note(data.toString("latin1", 0, 200));
    });
    await promise;
  }

  private note(start: string): void {
    const sentAt = Number(/"cpuPercent":([\d.]+)/.exec(start)?.[1]);
    this.delays.push(performance.timeOrigin + performance.now() - sentAt);
  }
}

interface Fanned {
  cpuPer100000: number;
  p50: number;
  p99: number;
  kilobytesIdle: number;
  heapIdle: number;
}

async function fanOut(kind: string, subscribers: number, events: number, everyMilliseconds: number): Promise<Fanned> {
  const server = await ServerProcess.start(kind);
  const crowd = new Crowd();
  try {
    const { tokens = [] } = await server.tell({ do: "tokens", count: 20 });
    const warm = new Crowd();
    await warm.join(server.url, tokens, 20);
    await server.tell({ do: "publish", events: 200, machines, everyMilliseconds: 1 });
    await warm.received(1_000);
    warm.leave();
    const empty = await server.tell({ do: "usage" });
    await crowd.join(server.url, tokens, subscribers);
    await new Promise((resolve) => setTimeout(resolve, 1_000)); // what joining left to do is not part of it
    const idle = await server.tell({ do: "usage" });
    crowd.delays.length = 0;
    await server.tell({ do: "publish", events, machines, everyMilliseconds });
    await crowd.received(events * subscribers);
    const after = await server.tell({ do: "usage" });
    const delays = crowd.delays.sort((a, b) => a - b);
    const each = (now: number | undefined, before: number | undefined): number =>
      ((now ?? 0) - (before ?? 0)) / subscribers / 1024;
    return {
      cpuPer100000: (((after.cpuSeconds ?? 0) - (idle.cpuSeconds ?? 0)) / delays.length) * 100_000,
      p50: delays[Math.floor(delays.length * 0.5)] ?? Number.NaN,
      p99: delays[Math.floor(delays.length * 0.99)] ?? Number.NaN,
      kilobytesIdle: each(idle.rss, empty.rss),
      heapIdle: each(idle.heap, empty.heap),
    };
  } finally {
    crowd.leave();
    await server.stop();
  }
}

interface Kind {
  name: string;
  server: Running;
  path: string;
  /** What it has to ask to answer. */
  asks: readonly ServerProcess[];
}

async function ask(url: string, query: string, agent?: Agent): Promise<string> {
  const body = JSON.stringify({ query });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  const sent = request(url, { method: "POST", headers, ...(agent && { agent }) }, (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("end", () => resolve(Buffer.concat(chunks).toString()));
  });
  sent.on("error", reject);
  sent.end(body);
  return await promise;
}

async function cpuUsedBy(servers: readonly ServerProcess[]): Promise<number[]> {
  return await Promise.all(servers.map(async (server) => (await server.tell({ do: "usage" })).cpuSeconds ?? 0));
}

/** CPU seconds of a server, and of what it asks, for so many requests over 50 connections. */
async function cpuOf({ server, path, asks }: Kind, query: string, count: number): Promise<number[]> {
  const before = await cpuUsedBy([server, ...asks]);
  // New connections each time: a server closes those that were idle while others were asked.
  const agent = new Agent({ keepAlive: true, maxSockets: 50 });
  let left = count;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await ask(`${server.url}${path}`, query, agent);
    }
  };
  await Promise.all(Array.from({ length: 50 }, lane));
  agent.destroy();
  const after = await cpuUsedBy([server, ...asks]);
  return after.map((now, index) => now - (before[index] ?? 0));
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

async function queries(): Promise<void> {
  const subgraphs = await ServerProcess.start("subgraphs");
  const kinds: Kind[] = [
    { name: "ours, all in one", server: await ServerProcess.start("ours"), path: "/graphql", asks: [] },
    {
      name: "stock over HTTP",
      server: await ServerProcess.start("stock", subgraphs.url),
      path: "/",
      asks: [subgraphs],
    },
    { name: "monolith", server: await ServerProcess.start("monolith"), path: "/", asks: [] },
  ];
  try {
    for (const [name, query] of Object.entries(shopQueries)) {
      const answers = await Promise.all(
        kinds.map(async ({ server, path }) => await ask(`${server.url}${path}`, query)),
      );
      const [first] = answers.map((answer) => JSON.stringify(JSON.parse(answer).data));
      if (answers.some((answer) => JSON.stringify(JSON.parse(answer).data) !== first)) {
        throw new Error(`${name} is answered differently: ${answers.map((answer) => answer.slice(0, 300)).join("\n")}`);
      }
      const count = name === "heavy" ? 100 : name === "mixed" ? 500 : 2_000;
      const rounds = 5;
      const used = kinds.map(() => ({ own: [] as number[], others: [] as number[] }));
      for (let round = 0; round <= rounds; round += 1) {
        for (const [index, kind] of kinds.entries()) {
          const [own = 0, others = 0] = await cpuOf(kind, query, count);
          if (round === 0) continue; // the first one warms up
          used[index]?.own.push((own / count) * 1_000);
          used[index]?.others.push((others / count) * 1_000);
        }
      }
      const figures = kinds.map((kind, index) => {
        const { own = [], others = [] } = used[index] ?? {};
        const subgraphsToo = kind.asks.length > 0 ? ` (and its subgraphs ${median(others).toFixed(3)})` : "";
        return `${kind.name} ${median(own).toFixed(3)}${subgraphsToo}`;
      });
      console.log(`${name.padEnd(8)} CPU s per 1,000 requests: ${figures.join("   ")}`);
    }
  } finally {
    await Promise.all([...kinds.map(({ server }) => server), subgraphs].map(async (server) => await server.stop()));
  }
}

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}`);
const runs: [string, number, number, number][] = [
  ["floor", 1_000, 100, 50],
  ["live", 1_000, 100, 50],
  ["live, unshared", 1_000, 10, 500],
  ["floor", 10_000, 20, 1_000],
  ["live", 10_000, 20, 1_000],
];
for (const [kind, subscribers, events, every] of runs) {
  const { cpuPer100000, p50, p99, kilobytesIdle, heapIdle } = await fanOut(kind, subscribers, events, every);
  const figures = [
    `${cpuPer100000.toFixed(2)} CPU s per 100,000`,
    `p50 ${p50.toFixed(0)} ms`,
    `p99 ${p99.toFixed(0)} ms`,
    `${kilobytesIdle.toFixed(1)} kB resident and ${heapIdle.toFixed(1)} kB heap for one idle`,
  ];
  console.log(`${kind.padEnd(16)}${String(subscribers).padStart(7)} subscribers   ${figures.join("   ")}`);
}
await queries();
