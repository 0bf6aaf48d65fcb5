import { RemoteUnavailable } from "@tollgate/kit/net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually, type RunningGateway, startGateway } from "../testing/start.js";

describe("a subgraph that fails", () => {
  let running: RunningGateway;
  let token: string;

  beforeEach(async () => {
    running = await startGateway();
    ({ token } = await running.identity.issue(["price:read", "vm:read"]));
  });

  afterEach(async () => {
    await running.gateway.stop();
  });

  const query = "{ weather prices }";
  const away = () => new RemoteUnavailable("gone");

  it("costs its own fields only, is left alone after a while, and is found again by itself", async () => {
    const { billing } = running.graph;
    billing.fails = away();
    const failed = { data: { weather: expect.any(String), prices: null } };
    const errors = [{ path: ["prices"], extensions: { code: "UNAVAILABLE", serviceName: "billing" } }];
    for (const _ of [1, 2, 3, 4]) expect(await running.ask(query, { token })).toMatchObject({ ...failed, errors });
    const asked = billing.requests.length;
    expect(await running.ask(query, { token })).toMatchObject({ ...failed, errors });
    expect(billing.requests.length).toBe(asked);
    billing.fails = null;
    await eventually(async () => expect((await running.ask(query, { token })).errors).toEqual([]));
  });

  it("is asked twice for what only reads, and once for a change", async () => {
    const { billing } = running.graph;
    billing.fails = away();
    await running.ask("{ prices }", { token });
    expect(billing.requests).toHaveLength(2);
    await running.ask('mutation { charge(step: "a") }', { token });
    expect(billing.requests).toHaveLength(3);
  });

  it("that only lost a connection is not noticed by who reads", async () => {
    const { billing } = running.graph;
    billing.failsOnce = away();
    expect(await running.ask("{ prices }", { token })).toMatchObject({ data: { prices: [1, 2] }, errors: [] });
  });
});
