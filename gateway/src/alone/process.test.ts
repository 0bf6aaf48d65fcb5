import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Shop, shopSupergraph, startShop } from "../testing/shop.js";
import { SocketClient } from "../testing/socket-client.js";
import { askAt, eventually } from "../testing/start.js";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const tsconfig = fileURLToPath(new URL("../../../tsconfig.base.json", import.meta.url));

describe("the process of the gateway by itself", () => {
  let shop: Shop;
  let folder: string;
  let file: string;
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    shop = await startShop();
    folder = await mkdtemp(join(tmpdir(), "tollgate-process-"));
    file = join(folder, "supergraph.graphql");
    await writeFile(file, shopSupergraph({ products: shop.products.url, reviews: "http://reviews.invalid" }));
  });

  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    await shop.stop();
    await rm(folder, { recursive: true });
  });

  function run(...given: string[]): ChildProcess {
    return runWith({}, ...given);
  }

  function runWith(environment: Record<string, string>, ...given: string[]): ChildProcess {
    const child = spawn(process.execPath, ["--conditions=tollgate-src", "--import", "tsx", main, ...given], {
      // No variable of Tollgate's own: it needs none.
      env: { PATH: process.env.PATH, TSX_TSCONFIG_PATH: tsconfig, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    children.push(child);
    return child;
  }

  it("shows its metrics to holders of the token of its environment, and refuses one that is too short", async () => {
    const token = "sixteen-letters-or-more";
    const child = runWith({ METRICS_TOKEN: token }, "--supergraph", file, "--port", "0");
    if (!child.stdout) throw new Error("It has a standard output");
    const [line] = (await once(createInterface(child.stdout), "line")) as [string]; // the event's one argument
    const url = /http:\/\/[\d.:]+/.exec(line)?.[0] ?? "";
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
    const shown = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
    expect(await shown.text()).toContain("tollgate_");
    const refused = runWith({ METRICS_TOKEN: "short" }, "--supergraph", file, "--port", "0");
    if (!refused.stderr) throw new Error("It has a standard error");
    let words = "";
    refused.stderr.on("data", (chunk: Buffer) => {
      words += chunk.toString();
    });
    const [code] = await once(refused, "close");
    expect([code, words]).toEqual([1, expect.stringContaining("METRICS_TOKEN: must have at least 16 characters")]);
  }, 60_000);

  it("serves a file, takes another one at SIGHUP under a live stream, and stops politely", async () => {
    const child = run("--supergraph", file, "--port", "0", "--subgraph", `reviews=${shop.reviews.url}`);
    if (!child.stdout) throw new Error("It has a standard output");
    const [line] = (await once(createInterface(child.stdout), "line")) as [string]; // the event's one argument
    const url = /http:\/\/[\d.:]+/.exec(line)?.[0] ?? "";
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    const { data } = await askAt(url, '{ product(id: "3") { price reviews } }', {});
    expect(data).toEqual({ product: { price: 30, reviews: ["Review of 3"] } });

    const client = new SocketClient(url);
    const results = client.run("subscription { priceChanged { price } }");
    const first = client.next(results);
    await shop.prices.untilOpen(1);
    await writeFile(file, `${shopSupergraph({ products: shop.products.url, reviews: shop.reviews.url })}\n# anew`);
    child.kill("SIGHUP");
    await shop.prices.untilOpen(2);
    shop.prices.publish({ priceChanged: { id: "1", price: 9 } });
    expect(await first).toEqual({ data: { priceChanged: { price: 9 } } });
    await shop.prices.untilOpen(1);

    child.kill("SIGTERM");
    expect((await client.closed).code).toBe(1001);
    const [code] = await once(child, "exit");
    expect(code).toBe(0);
    await eventually(() => expect(shop.prices.open).toBe(0));
  }, 60_000);

  it("says what is wrong with its arguments, and ends", async () => {
    const child = run("--port", "none");
    const said: string[] = [];
    child.stderr?.on("data", (text: Buffer) => said.push(String(text)));
    const [code] = await once(child, "close");
    expect(code).toBe(2);
    expect(said.join("")).toMatch(/--supergraph: is needed[\s\S]*--port: must be a number/);
  }, 60_000);
});
