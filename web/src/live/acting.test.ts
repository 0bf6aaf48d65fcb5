import type { AddressInfo } from "node:net";
import { buildSchema, parse } from "graphql";
import { useServer as serveGraph } from "graphql-ws/use/ws";
import { afterEach, expect, it, vi } from "vitest";
import { WebSocketServer } from "ws";
import { createLiveConnection } from "./connection.js";

const schema = buildSchema(`
  type Query { nothing: Boolean }
  type Subscription { vmStateChanged: Int! notificationReceived: Int! }
`);

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

/** A real server that notes for whom each stream was asked. */
async function server() {
  const asked: string[] = [];
  const sockets = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await new Promise((resolve) => sockets.once("listening", resolve));
  async function* forever(field: string, _: unknown, context: { connectionParams?: Record<string, unknown> }) {
    asked.push(`${field} ${context.connectionParams?.["x-organisation-id"] ?? "own"}`);
    yield { [field]: 1 };
    await new Promise(() => undefined);
  }
  const subscription = {
    vmStateChanged: (_: unknown, context: object) => forever("vmStateChanged", _, context),
    notificationReceived: (_: unknown, context: object) => forever("notificationReceived", _, context),
  };
  serveGraph({ schema, roots: { subscription }, context: (context) => context }, sockets);
  cleanUps.push(() => {
    for (const client of sockets.clients) client.terminate();
    sockets.close();
  });
  const { port } = sockets.address() as AddressInfo; // of a TCP server
  return { asked, sockets, address: `ws://127.0.0.1:${port}` };
}

it("streams for the organisation that one acts for, and one's own notifications for oneself", async () => {
  const { asked, sockets, address } = await server();
  let actingFor: string | null = "o-1";
  const live = createLiveConnection(
    address,
    { renew: async () => "renewed" },
    { waitBefore: () => 5, actingFor: () => actingFor },
  );
  const watch = (field: string) =>
    live.watch(
      parse(`subscription { ${field} }`),
      () => ({}),
      () => undefined,
    );
  cleanUps.unshift(watch("notificationReceived"));
  const stop = watch("vmStateChanged");
  await vi.waitFor(() => expect([...asked].sort()).toEqual(["notificationReceived own", "vmStateChanged o-1"]));
  expect(sockets.clients.size).toBe(2);
  expect(live.state.get()).toBe("live");

  // Another one: its stream begins anew for that, one's own goes on.
  actingFor = "o-2";
  stop();
  live.restartActing();
  const stopAgain = watch("vmStateChanged");
  await vi.waitFor(() => expect(asked.at(-1)).toBe("vmStateChanged o-2"));
  expect(asked.filter((line) => line.startsWith("notificationReceived"))).toHaveLength(1);

  actingFor = null;
  stopAgain();
  live.restartActing();
  cleanUps.unshift(watch("vmStateChanged"));
  await vi.waitFor(() => expect(asked.at(-1)).toBe("vmStateChanged own"));
  await vi.waitFor(() => expect(sockets.clients.size).toBe(1));
  cleanUps.unshift(() => live.restart());
});
