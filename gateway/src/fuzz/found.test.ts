import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually, type RunningGateway, startGateway } from "../testing/start.js";
import { RawConnection } from "./raw-connection.js";
import { frame, handshake } from "./socket-messages.js";

describe("what was found by throwing malformed messages", () => {
  let running: RunningGateway;
  beforeEach(async () => {
    running = await startGateway();
  });
  afterEach(async () => {
    await running.gateway.stop();
  });

  it("a persisted query of an unknown version is a mistake of the client", async () => {
    const query = "{ weather }";
    const sha256Hash = createHash("sha256").update(query).digest("hex");
    const { errors } = await running.ask(query, { extensions: { persistedQuery: { version: 7, sha256Hash } } });
    expect(errors).toMatchObject([{ extensions: { code: "INVALID_INPUT" } }]);
    expect(running.log.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  });

  it("an empty name is the name of no operation, also when the only one was asked without a name before", async () => {
    for (const query of ["{ weather }", "query Named { weather }"]) {
      expect((await running.ask(query)).errors).toEqual([]);
      const { errors } = await running.ask(query, { operationName: "" });
      expect(errors).toMatchObject([{ extensions: { code: "INVALID_INPUT" } }]);
    }
  });

  it("an id that is completed and used anew in one breath leaves no subscription behind", async () => {
    const { token } = await running.identity.issue(["vm:read"]);
    const connection = new RawConnection(Number(new URL(running.url).port), "127.0.0.1");
    const message = (content: object): Buffer => frame(Buffer.from(JSON.stringify(content)));
    connection.send(handshake());
    connection.send(message({ type: "connection_init", payload: { authorization: `Bearer ${token}` } }));
    await connection.seen((received) => received.includes("connection_ack"));
    const subscribe = { id: "1", type: "subscribe", payload: { query: "subscription { vmStateChanged { state } }" } };
    const complete = { id: "1", type: "complete" };
    const breath = [subscribe, complete, subscribe, complete, subscribe].map(message);
    connection.send(Buffer.concat(breath));
    await eventually(() => expect(running.graph.changes.open).toBe(1));
    connection.send(message({ type: "ping", payload: { seen: true } }));
    await connection.seen((received) => received.includes('{"seen":true}'));
    running.graph.changes.publish({
      vmStateChanged: { state: "RUNNING", vm: { __typename: "Vm", id: "1", name: "a" } },
    });
    await connection.seen((received) => received.includes("RUNNING"));
    expect(connection.received.split("RUNNING")).toHaveLength(2);
    connection.end();
    await connection.whenClosed();
    await eventually(() => expect(running.graph.changes.open).toBe(0));
  });
});
