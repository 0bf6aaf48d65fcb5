import { describe, expect, it } from "vitest";
import { fixtureSupergraphSdl } from "./testing/graph.js";
import { eventually, startGateway } from "./testing/start.js";

describe("a gateway", () => {
  it("answers requests under way before it stops, and takes no new ones", async () => {
    const running = await startGateway();
    const answering = running.ask("{ slow }");
    await running.graph.slowAsked;
    const stopping = running.gateway.stop();
    await eventually(async () => {
      await expect(running.ask("{ weather }")).rejects.toThrow();
    });
    running.graph.release();
    expect((await answering).data).toEqual({ slow: "at last" });
    await stopping;
    await running.gateway.stop();
  });

  it("cuts off requests that take longer than it waits", async () => {
    const running = await startGateway({ limits: { drainMilliseconds: 50 } });
    const answering = running.ask("{ slow }").catch(() => "cut off");
    await running.graph.slowAsked;
    await running.gateway.stop();
    expect(await answering).toBe("cut off");
    running.graph.release();
  });

  it("refuses to start on a port that is taken", async () => {
    const running = await startGateway();
    const port = Number(new URL(running.url).port);
    await expect(startGateway({ port })).rejects.toThrow("EADDRINUSE");
    await running.gateway.stop();
  });

  it("refuses a supergraph whose subgraphs are not all there", async () => {
    await expect(startGateway({ services: [] })).rejects.toThrow("accounts, billing, telemetry");
  });

  it("serves another supergraph from the next operation on, and keeps the old one when the new one is none", async () => {
    const running = await startGateway();
    expect((await running.ask("{ weather }")).errors).toEqual([]);
    running.gateway.swap(fixtureSupergraphSdl.replace(/\n {2}weather: String[^\n]*/, ""));
    expect((await running.ask("{ weather }")).errors).toMatchObject([{ extensions: { code: "INVALID_INPUT" } }]);
    expect((await running.ask("{ serverTime }")).errors).toEqual([]);
    expect(() => running.gateway.swap("type Query { a: Int }")).toThrow();
    expect((await running.ask("{ serverTime }")).errors).toEqual([]);
    await running.gateway.stop();
  });
});
