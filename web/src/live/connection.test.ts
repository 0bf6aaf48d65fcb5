import { type AddressInfo, createServer } from "node:net";
import { buildSchema, GraphQLError, parse } from "graphql";
import { CloseCode } from "graphql-ws";
import { useServer as serveGraph } from "graphql-ws/use/ws";
import { afterEach, describe, expect, it, vi } from "vitest";
import { WebSocketServer } from "ws";
import type { RenewalOutcome } from "../session/session.js";
import { createLiveConnection } from "./connection.js";

const schema = buildSchema(`
  type Query { nothing: Boolean }
  type Subscription { counted(after: Int): Int! foreign: Int! }
`);
// A document without a generated type: its data and variables are those of the schema above.
const COUNTED = parse("subscription Counted($after: Int) { counted(after: $after) }");

interface Attempt {
  after: number | null;
  number: number;
}

/** A real server whose streams the test writes: `stream` is called for each subscription, with its cursor. */
async function liveServer(stream: (attempt: Attempt) => AsyncGenerator<number>) {
  const port = await freePort();
  const server = new WebSocketServer({ port, host: "127.0.0.1" });
  let attempts = 0;
  serveGraph(
    {
      schema,
      roots: {
        subscription: {
          async *counted({ after }: { after?: number | null }) {
            attempts += 1;
            for await (const counted of stream({ after: after ?? null, number: attempts })) yield { counted };
          },
          async *foreign() {
            attempts += 1;
            const refuse = () => {
              throw new GraphQLError("no such thing", { extensions: { code: "NOT_FOUND" } });
            };
            yield { foreign: refuse };
          },
        },
      },
    },
    server,
  );
  cleanUps.push(
    () =>
      new Promise((resolve) => {
        for (const client of server.clients) client.terminate();
        server.close(() => resolve());
      }),
  );
  return {
    address: `ws://127.0.0.1:${port}`,
    attempts: () => attempts,
    hangUp: (code?: number) => {
      for (const client of server.clients) code === undefined ? client.terminate() : client.close(code, "test");
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo; // of a TCP server
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

function connect(address: string, renew: () => Promise<RenewalOutcome> = async () => "renewed") {
  const live = createLiveConnection(address, { renew }, { waitBefore: () => 5 });
  cleanUps.push(() => live.restart());
  return live;
}

async function* forever(first: number): AsyncGenerator<number> {
  yield first;
  await new Promise(() => undefined);
}

describe("the live connection", () => {
  it("goes on after a lost connection with the cursor of that moment", async () => {
    const server = await liveServer(({ after }) => forever((after ?? 0) + 1));
    const live = connect(server.address);
    const seen: number[] = [];
    cleanUps.unshift(
      live.watch(
        COUNTED,
        () => ({ after: seen.at(-1) ?? null }),
        (data) => seen.push((data as { counted: number }).counted), // of the schema above
      ),
    );
    await vi.waitFor(() => expect(seen).toEqual([1]));
    expect(live.state.get()).toBe("live");
    server.hangUp();
    await vi.waitFor(() => expect(seen).toEqual([1, 2]));
    expect(live.returns.get()).toBe(1);
    expect(live.state.get()).toBe("live");
  });

  it("renews the session when the server closes for want of one, and comes back", async () => {
    const server = await liveServer(({ number }) => forever(number));
    const renew = vi.fn(async (): Promise<RenewalOutcome> => "renewed");
    const live = connect(server.address, renew);
    const seen: unknown[] = [];
    cleanUps.unshift(
      live.watch(
        COUNTED,
        () => ({}),
        (data) => seen.push(data),
      ),
    );
    await vi.waitFor(() => expect(seen).toHaveLength(1));
    server.hangUp(CloseCode.Unauthorized);
    await vi.waitFor(() => expect(seen).toHaveLength(2));
    expect(renew).toHaveBeenCalledTimes(1);
  });

  it("stays away when the session is over for good", async () => {
    const server = await liveServer(({ number }) => forever(number));
    const renew = vi.fn(async (): Promise<RenewalOutcome> => "refused");
    const live = connect(server.address, renew);
    const seen: unknown[] = [];
    cleanUps.unshift(
      live.watch(
        COUNTED,
        () => ({}),
        (data) => seen.push(data),
      ),
    );
    await vi.waitFor(() => expect(seen).toHaveLength(1));
    server.hangUp(CloseCode.Forbidden);
    await vi.waitFor(() => expect(renew).toHaveBeenCalledTimes(1));
    await vi.waitFor(() => expect(live.state.get()).toBe("reconnecting"));
    expect(server.attempts()).toBe(1);
  });

  it("takes up again a stream that the server ended", async () => {
    const server = await liveServer(async function* ({ number }) {
      yield number;
      if (number > 1) await new Promise(() => undefined);
    });
    const live = connect(server.address);
    const seen: unknown[] = [];
    cleanUps.unshift(
      live.watch(
        COUNTED,
        () => ({}),
        (data) => seen.push(data),
      ),
    );
    await vi.waitFor(() => expect(seen).toEqual([{ counted: 1 }, { counted: 2 }]));
  });

  it("tells of a refusal and does not ask again", async () => {
    const server = await liveServer(() => forever(1));
    const live = connect(server.address);
    const refused = vi.fn();
    const seen = vi.fn();
    cleanUps.unshift(live.watch(parse("subscription { foreign }"), () => ({}), seen, refused));
    await vi.waitFor(() => expect(refused).toHaveBeenCalledTimes(1));
    expect(refused.mock.calls[0]?.[0]).toMatchObject([{ extensions: { code: "NOT_FOUND" } }]);
    expect(seen).not.toHaveBeenCalled();
    expect(server.attempts()).toBe(1);
  });

  it("closes the socket when nothing is watched any more", async () => {
    const server = await liveServer(({ number }) => forever(number));
    const live = connect(server.address);
    const seen: unknown[] = [];
    const stop = live.watch(
      COUNTED,
      () => ({}),
      (data) => seen.push(data),
    );
    await vi.waitFor(() => expect(seen).toHaveLength(1));
    stop();
    await vi.waitFor(() => expect(live.state.get()).toBe("resting"), { timeout: 5_000 });
  });
});
