import { createHash } from "node:crypto";
import { request } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { Mailbox } from "../subscribe/mailbox.js";
import { eventually, type RunningGateway, startGateway } from "../testing/start.js";

const token = "a-token-of-sixteen-characters-or-more";

let running: RunningGateway | null = null;
afterEach(async () => {
  await running?.gateway.stop();
  running = null;
});

const started = async (options: Parameters<typeof startGateway>[0] = {}): Promise<RunningGateway> => {
  running = await startGateway(options);
  return running;
};

const metrics = async (
  url: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string }> => {
  const answer = await fetch(`${url}/metrics`, { headers });
  return { status: answer.status, text: await answer.text() };
};

const seriesOf = (text: string, series: string): number =>
  Number(
    text
      .split("\n")
      .find((line) => line.startsWith(`${series} `))
      ?.slice(series.length) ?? 0,
  );

/** As a browser asks that was led to this computer under a foreign name. */
async function statusUnderName(url: string, host: string): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  request(`${url}/metrics`, { headers: { host } }, (answer) => {
    answer.resume();
    resolve(answer.statusCode);
  })
    .on("error", reject)
    .end();
  return await promise;
}

describe("the page of metrics", () => {
  it("is for whoever shows the token where there is one, and for nobody else on this computer either", async () => {
    const { url } = await started({ metricsToken: token });
    expect((await metrics(url)).status).toBe(401);
    expect((await metrics(url, { authorization: "Bearer another" })).status).toBe(401);
    expect((await metrics(url, { authorization: `Basic ${token}` })).status).toBe(401);
    expect((await metrics(url, { authorization: `Bearer ${token}`, "x-forwarded-for": "203.0.113.7" })).status).toBe(
      200,
    );
  });

  it("is not there under a foreign name, by which a page in a browser could be led to it", async () => {
    const { url } = await started();
    expect(await statusUnderName(url, "evil.example")).toBe(404);
    expect(await statusUnderName(url, "localhost:4000")).toBe(200);
  });

  it("tells which subgraph is left alone", async () => {
    const { url, graph, ask } = await started();
    graph.telemetry.fails = new Error("away");
    for (let count = 0; count < 6; count += 1) await ask("{ weather }");
    expect((await metrics(url)).text).toContain('tollgate_breaker_state{subgraph="telemetry"} 2');
  });

  it("counts what is kept, and nothing of a gateway that has stopped", async () => {
    const { url, ask, gateway } = await started();
    await ask("{ weather }");
    await ask("{ weather }");
    expect(seriesOf((await metrics(url)).text, "tollgate_plans_kept")).toBe(1);
    await gateway.stop();
    const other = await started();
    expect(seriesOf((await metrics(other.url)).text, "tollgate_plans_kept")).toBe(0);
  });

  it("counts events that gave way to newer ones", async () => {
    const { url } = await started();
    const before = seriesOf((await metrics(url)).text, "tollgate_queue_dropped_total");
    const mailbox = new Mailbox<number>({ newestWins: true, capacity: 10, patienceMilliseconds: 10 });
    for (const item of [1, 2, 3]) mailbox.offer(item);
    expect(seriesOf((await metrics(url)).text, "tollgate_queue_dropped_total") - before).toBe(2);
  });
});

describe("the log line of an operation", () => {
  it("has the hash of its document and how often subgraphs were asked", async () => {
    const { ask, log, identity } = await started();
    const { token: bearer } = await identity.issue(["vm:read", "price:read"]);
    const query = 'query Named { vm(id: "1") { name hourlyCost { formatted } } serverTime }';
    await ask(query, { token: bearer });
    const line = (): Record<string, unknown> | undefined => log.find(({ msg }) => msg === "operation");
    await eventually(() => expect(line()).toBeDefined());
    expect(line()).toMatchObject({
      operation: "Named",
      kind: "query",
      hash: createHash("sha256").update(query).digest("hex"),
      fetches: 3,
      cost: expect.any(Number),
      milliseconds: expect.any(Number),
    });
  });
});
