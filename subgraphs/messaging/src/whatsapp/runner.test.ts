import { Database, databaseAddresses, Sealer } from "@tollgate/kit";
import { createLogger } from "@tollgate/kit/process";
import { TEST_SECRET, until } from "@tollgate/kit/testing";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { simulatedDriver } from "../adapters/simulated/driver.js";
import { CodeSender } from "../codes/sender.js";
import { Desk } from "../testing/desk.js";
import type { ConnectionListener, OutboundMessage, WhatsAppDriver } from "./driver.js";
import { SessionLost } from "./listener.js";
import { SessionRunner } from "./runner.js";

let desk: Desk;
beforeAll(async () => {
  // Processes that run sessions are made by the tests.
  desk = await Desk.open(inject("postgresUrl"), { runSessions: false });
});
interface Process {
  runner: SessionRunner;
  database: Database;
  /** The sessions that connections were opened for. */
  opened: string[];
  /** What the connections were given to tell. */
  listeners: Map<string, ConnectionListener>;
}

const processes: Process[] = [];
afterEach(async () => {
  await desk.closeStreams();
  for (const process of [...processes]) await stop(process);
});
afterAll(() => desk.close());

/** A process that runs sessions. */
const runs = (driver?: WhatsAppDriver): Process => {
  const { login } = databaseAddresses("messaging", desk.messaging.databaseUrl, null, TEST_SECRET);
  const database = new Database(login, { connections: 3, applicationName: "a process that runs sessions" });
  const inner = driver ?? simulatedDriver(database, desk.clock);
  const opened: string[] = [];
  const listeners = new Map<string, ConnectionListener>();
  const observed: WhatsAppDriver = {
    open: (session, purpose, listener) => {
      opened.push(session.id);
      listeners.set(session.id, listener);
      return inner.open(session, purpose, listener);
    },
  };
  const kit = {
    database,
    logger: createLogger("messaging", "silent"),
    wakeRelay: () => desk.messaging.subgraph.wakeRelay(),
  };
  const keeping = { atRest: new Sealer(TEST_SECRET, "mail at rest"), mailboxShows: false, clock: desk.clock };
  const runner = new SessionRunner(kit, {
    codes: new CodeSender(database, keeping, () => undefined, kit.logger),
    sealer: new Sealer(TEST_SECRET, "whatsapp at rest"),
    drivers: { SIMULATED: observed },
    clock: desk.clock,
    leaseSeconds: 1,
  });
  runner.start();
  const process = { runner, database, opened, listeners };
  processes.push(process);
  return process;
};

const stop = async (process: Process) => {
  processes.splice(processes.indexOf(process), 1);
  await process.runner.stop();
  await process.database.close();
};

/** The process dies: its lease is neither renewed nor released. */
const kill = async (process: Process) => {
  processes.splice(processes.indexOf(process), 1);
  await process.database.close();
  await expect(process.runner.stop()).rejects.toThrow();
};

const fenceOf = async (id: string): Promise<bigint> => {
  const [row] = await desk.messaging.subgraph.database.system(
    "test",
    (tx) => tx.sql<{ fence: bigint }[]>`select fence from whatsapp_session where id = ${id}`,
  );
  return row?.fence ?? 0n;
};

describe("the processes that run sessions", () => {
  it("run each session once between them, and take over when one dies", async () => {
    const [first, second] = [runs(), runs()];
    const id = await desk.connected();
    expect([...first.opened, ...second.opened].filter((opened) => opened === id)).toHaveLength(1);
    const [holder, other] = first.opened.includes(id) ? [first, second] : [second, first];
    await kill(holder);
    await until(() => other.opened.includes(id));
    await until(async () => (await desk.status(id)) === "CONNECTED");
  });

  it("fence off one that hung and comes back after its lease has lapsed", async () => {
    const hanging = Promise.withResolvers<void>();
    let hangs = false;
    const real = simulatedDriver(desk.messaging.subgraph.database, desk.clock);
    const first = runs({
      open: async (...of) => {
        const connection = await real.open(...of);
        const turn = async () => (hangs ? hanging.promise : connection.turn());
        return Object.assign(Object.create(connection), { turn });
      },
    });
    const id = await desk.connected("+27821230004");
    const before = await fenceOf(id);
    hangs = true;
    const second = runs();
    await until(() => second.opened.includes(id));
    await until(async () => (await desk.status(id)) === "CONNECTED");
    expect(await fenceOf(id)).toBe(before + 1n);
    const stale = first.listeners.get(id);
    await expect(stale?.ended({ kind: "LOGGED_OUT" })).rejects.toThrow(SessionLost);
    const late = { providerId: "late", from: "+27831110001", name: null, text: "late", at: desk.clock() };
    await expect(stale?.received([late])).rejects.toThrow(SessionLost);
    expect(await desk.status(id)).toBe("CONNECTED");
    hanging.resolve();
  });

  it("take over at once from one that stops politely", async () => {
    const first = runs();
    const id = await desk.connected("+27821230002");
    await stop(first);
    const second = runs();
    await until(() => second.opened.includes(id));
    await until(async () => (await desk.status(id)) === "CONNECTED");
  });

  it("give up a pairing that the process before them had begun", async () => {
    const first = runs();
    const id = await desk.create();
    const stream = desk.watchSession(id);
    await desk.session("pairWhatsApp", { sessionId: id });
    const { qr } = await desk.untilState(stream, "WhatsAppQrReady");
    await kill(first);
    runs();
    await desk.untilState(stream, "WhatsAppDisconnected");
    expect(await desk.session("scanWithSimulatedPhone", { sessionId: id, code: qr })).toMatchObject({
      __typename: "ConflictProblem",
    });
  });

  it("try again with pauses when a connection cannot be opened, and send what waited once it can", async () => {
    const working = runs();
    const id = await desk.connected("+27821230003");
    await stop(working);
    let isDown = true;
    const real = simulatedDriver(desk.messaging.subgraph.database, desk.clock);
    const flaky = runs({
      open: (session, purpose, listener) => {
        if (isDown) throw new Error("no route to the network");
        return real.open(session, purpose, listener);
      },
    });
    const sent = await desk.message("sendMessage", { sessionId: id, phone: "+27831110009", text: "Later" });
    await until(() => flaky.opened.includes(id));
    await until(async () => (await desk.status(id)) === "RECONNECTING");
    expect(sent.state).toBe("QUEUED");
    isDown = false;
    await until(async () => {
      desk.pass(1);
      return (await desk.status(id)) === "CONNECTED";
    });
    const queued = () =>
      desk.ask<{ whatsappSession: { queuedMessages: number } }>(
        "query($id: ID!) { whatsappSession(id: $id) { queuedMessages } }",
        { id },
      );
    await until(async () => (await queued()).whatsappSession.queuedMessages === 0);
  });

  it("send a message once, though the process died before it could note that the network has it", async () => {
    const handedOver = Promise.withResolvers<void>();
    const died = Promise.withResolvers<void>();
    const real = simulatedDriver(desk.messaging.subgraph.database, desk.clock);
    const first = runs({
      open: async (...of) => {
        const connection = await real.open(...of);
        const send = async (message: OutboundMessage) => {
          await connection.send(message);
          handedOver.resolve();
          await died.promise;
        };
        return Object.assign(Object.create(connection), { send });
      },
    });
    const sessionId = await desk.connected("+27821230005");
    const phone = "+27831110005";
    const sent = await desk.message("sendMessage", { sessionId, phone, text: "Exactly once" });
    await handedOver.promise;
    await first.database.close();
    died.resolve();
    await kill(first);
    runs();
    const { conversations } = await desk.ask<{ conversations: { nodes: { id: string }[] } }>(
      "query($phone: String) { conversations(filter: { search: $phone }) { nodes { id } } }",
      { phone },
    );
    const isOver = (shown: { state: string }[]) => {
      desk.pass(5);
      return shown.length > 1 && shown[0]?.state === "READ";
    };
    const messages = await desk.untilMessages(conversations.nodes[0]?.id ?? "", isOver);
    expect(messages).toMatchObject([{ id: sent.id, state: "READ" }, { text: "Thanks, got it." }]);
    expect(messages).toHaveLength(2);
  });
});
