import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Misbehaviour, misbehaviours, startMisbehaving } from "../testing/misbehaving.js";
import { type Shop, shopSupergraph, startShop } from "../testing/shop.js";
import { SocketClient } from "../testing/socket-client.js";
import { type Answer, askAt } from "../testing/start.js";
import { type AloneGateway, serveAlone } from "./serve.js";

const silentOnes: readonly string[] = ["is silent", "begins and is silent"];
const endless: Misbehaviour = "answers without an end";
const quickOnes = Object.keys(misbehaviours).filter(
  (how) => how !== endless && !silentOnes.includes(how),
) as Misbehaviour[]; // their own keys
const query = '{ product(id: "3") { price reviews } topReview }';

describe("a subgraph over HTTP that misbehaves", () => {
  let shop: Shop;
  let folder: string;
  let gateway: AloneGateway | null = null;
  const stops: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    shop = await startShop();
    folder = await mkdtemp(join(tmpdir(), "tollgate-misbehaving-"));
  });

  afterEach(async () => {
    await gateway?.stop();
    gateway = null;
    for (const stop of stops.splice(0)) await stop();
  });

  afterAll(async () => {
    await shop.stop();
    await rm(folder, { recursive: true });
  });

  /** A gateway over the shop, with these reviews. */
  async function start(reviews: string, milliseconds: number): Promise<string> {
    const supergraph = join(folder, "supergraph.graphql");
    await writeFile(supergraph, shopSupergraph({ products: shop.products.url, reviews }));
    const settings = { supergraph, host: "127.0.0.1", port: 0, addresses: new Map<string, string>(), milliseconds };
    gateway = await serveAlone({ ...settings, tokens: null, logLevel: "silent" }, pino({ level: "silent" }));
    return gateway.url;
  }

  function expectPartial({ status, data, errors }: Answer): void {
    expect(status).toBe(200);
    expect(data).toEqual({ product: { price: 30, reviews: null }, topReview: null });
    expect(errors.length).toBeGreaterThanOrEqual(2);
    for (const { message, extensions } of errors) {
      expect(message).toBe("reviews is unavailable");
      expect(extensions).toEqual({ code: "UNAVAILABLE", serviceName: "reviews" });
    }
  }

  it.each(quickOnes)("costs its own fields only when it %s, and is left alone after a while", async (how) => {
    const { url, stop } = await startMisbehaving(how);
    stops.push(stop);
    const at = await start(url, 10_000);
    for (const _ of [1, 2, 3, 4]) expectPartial(await askAt(at, query, {}));
  });

  it("is read up to a bound when it answers without an end", async () => {
    const { url, stop } = await startMisbehaving(endless);
    stops.push(stop);
    expectPartial(await askAt(await start(url, 10_000), query, {}));
  });

  it.each(silentOnes)("is not waited for longer than an operation may take when it %s", async (how) => {
    const { url, stop } = await startMisbehaving(how as Misbehaviour); // one of them
    stops.push(stop);
    expectPartial(await askAt(await start(url, 300), query, {}));
  });

  it("costs its own fields only when nobody listens there", async () => {
    const { url, stop } = await startMisbehaving("is silent");
    await stop();
    expectPartial(await askAt(await start(url, 10_000), query, {}));
  });

  it("refuses a subscription there, and keeps the socket for others", async () => {
    const { url, stop } = await startMisbehaving("answers a page");
    stops.push(stop);
    const supergraph = join(folder, "supergraph.graphql");
    const at = await start(shop.reviews.url, 10_000);
    await writeFile(supergraph, shopSupergraph({ products: url, reviews: shop.reviews.url }));
    gateway?.reload();
    const client = new SocketClient(at);
    const answer = await client.next(client.run("subscription { priceChanged { id } }"));
    expect(answer).toMatchObject({ errors: [{ extensions: { code: "UNAVAILABLE" } }] });
    expect(await client.next(client.run("{ topReview }"))).toEqual({ data: { topReview: "Splendid" } });
    await client.dispose();
  });
});
