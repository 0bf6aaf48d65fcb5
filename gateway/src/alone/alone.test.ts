import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient as createEventClient } from "graphql-sse";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Shop, shopSupergraph, startShop } from "../testing/shop.js";
import { SocketClient } from "../testing/socket-client.js";
import { askAt, eventually } from "../testing/start.js";
import { type AloneGateway, serveAlone } from "./serve.js";

const live = "subscription { priceChanged { id price reviews } }";
const priceOf = (id: string, price: number) => ({ priceChanged: { id, price } });
const answerOf = (id: string, price: number) => ({
  data: { priceChanged: { id, price, reviews: [`Review of ${id}`] } },
});

describe("the gateway by itself", () => {
  let shop: Shop;
  let folder: string;
  let file: string;
  let gateway: AloneGateway;
  let client: SocketClient;
  const log: Record<string, unknown>[] = [];

  beforeEach(async () => {
    log.length = 0;
    shop = await startShop();
    folder = await mkdtemp(join(tmpdir(), "tollgate-alone-"));
    file = join(folder, "supergraph.graphql");
    await writeFile(file, shopSupergraph({ products: shop.products.url, reviews: shop.reviews.url }));
    gateway = await start();
    client = new SocketClient(gateway.url, { token: "of-a-client" });
  });

  afterEach(async () => {
    await client.dispose();
    await gateway.stop();
    await shop.stop();
    await rm(folder, { recursive: true });
  });

  async function start(addresses: ReadonlyMap<string, string> = new Map()): Promise<AloneGateway> {
    const logger = pino({ level: "info" }, { write: (line: string) => void log.push(JSON.parse(line)) });
    const settings = { supergraph: file, host: "127.0.0.1", port: 0, addresses, milliseconds: 5_000 };
    return await serveAlone({ ...settings, tokens: null, logLevel: "info" }, logger);
  }

  const ask = async (query: string, headers: Record<string, string> = {}) =>
    await askAt(gateway.url, query, { headers });

  it("joins what the subgraphs of the file answer, at the addresses that it has", async () => {
    const { data, errors } = await ask('{ product(id: "3") { price reviews } topReview }');
    expect(errors).toEqual([]);
    expect(data).toEqual({ product: { price: 30, reviews: ["Review of 3"] }, topReview: "Splendid" });
    expect((await fetch(`${gateway.url}/health/ready`)).status).toBe(200);
  });

  it("takes an address that it is told before that of the file", async () => {
    await writeFile(file, shopSupergraph({ products: "http://products.invalid", reviews: "" }));
    const { products, reviews } = shop;
    const told = await start(new Map([["products", products.url], ["reviews", reviews.url]])); // biome-ignore format: one pair beside the other
    const answer = await askAt(told.url, '{ product(id: "3") { reviews } }', {});
    expect(answer.data).toEqual({ product: { reviews: ["Review of 3"] } });
    await told.stop();
  });

  it("says at once which subgraphs have no address, and which are none", async () => {
    await writeFile(file, shopSupergraph({ products: "", reviews: "unix:/run/reviews" }));
    const starting = start(new Map([["shipping", "http://shipping.invalid"]]));
    await expect(starting).rejects.toThrow(/products: [\s\S]*reviews: [\s\S]*shipping: is no subgraph/);
  });

  it("forwards authorisation, languages, trace and request id, and nothing else of the client", async () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const sent = { authorization: "Basic Zm9v", "accept-language": "af-ZA, en;q=0.5", traceparent };
    const own = { "x-request-id": "request-1", cookie: "a=b", "x-forwarded-for": "10.0.0.1", "x-secret": "yes" };
    expect((await ask("{ asWhom }", { ...sent, ...own })).data).toEqual({ asWhom: "Basic Zm9v" });
    const [headers = {}] = shop.products.asked;
    expect(headers).toMatchObject({ ...sent, "x-request-id": "request-1" });
    for (const name of ["cookie", "x-forwarded-for", "x-secret"]) expect(headers[name]).toBeUndefined();
  });

  it("refuses what needs somebody signed in before any subgraph is asked", async () => {
    for (const field of ["secret", "stock"]) {
      const { errors } = await ask(`{ ${field} }`, { authorization: "Bearer whatever" });
      expect(errors).toMatchObject([{ extensions: { code: "UNAUTHENTICATED" } }]);
    }
    expect(shop.products.asked).toEqual([]);
  });

  it("hands on what a subgraph says of its own errors", async () => {
    const { data, errors } = await ask("{ soldOut topReview }");
    expect(data).toEqual({ soldOut: null, topReview: "Splendid" });
    expect(errors).toMatchObject([{ message: "None left", path: ["soldOut"], extensions: { code: "SOLD_OUT" } }]);
    expect(JSON.stringify(errors)).not.toContain("stacktrace");
  });

  it("serves live events over WebSocket without anybody signed in, joined over the subgraphs", async () => {
    const results = client.run(live);
    const first = client.next(results);
    await shop.prices.untilOpen(1);
    shop.prices.publish(priceOf("1", 11));
    expect(await first).toEqual(answerOf("1", 11));
    const [{ headers, parameters } = { headers: {}, parameters: {} }] = shop.products.connected;
    expect(headers.authorization).toBe("Bearer of-a-client");
    expect(parameters).toEqual({ authorization: "Bearer of-a-client" });
    expect(shop.reviews.asked[0]?.authorization).toBe("Bearer of-a-client");
    await client.dispose();
    await shop.prices.untilOpen(0);
  });

  it("serves live events as Server-Sent Events", async () => {
    const events = createEventClient({ url: `${gateway.url}/graphql`, retryAttempts: 0 });
    const results = events.iterate({ query: live });
    const first = results.next();
    await shop.prices.untilOpen(1);
    shop.prices.publish(priceOf("2", 22));
    expect((await first).value).toEqual(answerOf("2", 22));
    events.dispose();
    await shop.prices.untilOpen(0);
  });

  it("subscribes again when a connection breaks and when the subgraph restarts, and tells the client nothing of it", async () => {
    const results = client.run(live);
    const first = client.next(results);
    await shop.prices.untilOpen(1);
    shop.prices.publish(priceOf("1", 1));
    await first;
    shop.products.breakSockets();
    await shop.prices.untilOpen(0);
    await shop.prices.untilOpen(1);
    shop.prices.publish(priceOf("1", 2));
    expect(await client.next(results)).toEqual(answerOf("1", 2));
    await shop.restartProducts();
    await shop.prices.untilOpen(1);
    shop.prices.publish(priceOf("1", 3));
    expect(await client.next(results)).toEqual(answerOf("1", 3));
  });

  it("ends a subscription with the reason where the subgraph will not have whoever asks", async () => {
    const refused = new SocketClient(gateway.url, { token: "refused" });
    const answer = await refused.next(refused.run(live));
    expect(answer).toMatchObject({ errors: [{ extensions: { code: "FORBIDDEN" } }] });
    await refused.dispose();
  });

  it("serves a changed file without dropping a request or a live stream, also when a subgraph has moved", async () => {
    const other = await startShop();
    const results = client.run(live);
    const first = client.next(results);
    await shop.prices.untilOpen(1);
    shop.prices.publish(priceOf("1", 1));
    await first;
    const slow = ask("{ slowReview }");
    await shop.slowAsked;

    await writeFile(file, shopSupergraph({ products: other.products.url, reviews: other.reviews.url }));
    await other.prices.untilOpen(1);
    for (const source of [shop.prices, other.prices]) source.publish(priceOf("1", 2));
    expect(await client.next(results)).toEqual(answerOf("1", 2));
    await shop.prices.untilOpen(0);
    other.prices.publish(priceOf("1", 3));
    expect(await client.next(results)).toEqual(answerOf("1", 3));
    expect((await ask("{ topReview }")).data).toEqual({ topReview: "Splendid" });
    expect(other.reviews.asked.length).toBeGreaterThan(0);
    shop.release();
    expect(await slow).toMatchObject({ data: { slowReview: "at last" }, errors: [] });
    await client.dispose();
    await other.prices.untilOpen(0);
    await other.stop();
  });

  it("opens one upstream for all who ask the same with the same headers, and another one for others", async () => {
    const same = new SocketClient(gateway.url, { token: "of-a-client" });
    const other = new SocketClient(gateway.url, { token: "of-another" });
    const first = client.run(live);
    const firstEvent = client.next(first);
    await shop.prices.untilOpen(1);
    const second = same.run(live.replace("{ id", "{\n  id"));
    const third = other.run(live);
    const otherEvents = [same.next(second), other.next(third)];
    // Until all of them listen, which nothing tells of one that joins others.
    const beat = setInterval(() => shop.prices.publish(priceOf("7", 70)), 20);
    const events = await Promise.all([firstEvent, ...otherEvents]).finally(() => clearInterval(beat));
    expect(events).toEqual(events.map(() => answerOf("7", 70)));
    expect(shop.prices.open).toBe(2);
    await first.return?.();
    const again = same.next(second);
    shop.prices.publish(priceOf("7", 70));
    expect(await again).toEqual(answerOf("7", 70));
    expect(shop.prices.open).toBe(2);
    await second.return?.();
    await shop.prices.untilOpen(1);
    await Promise.all([same.dispose(), other.dispose()]);
    await shop.prices.untilOpen(0);
  });

  it("ends a live stream that the changed file has no field for, and keeps the others", async () => {
    const joined = client.run(live);
    const plain = client.run("subscription { priceChanged { price } }");
    const [ending, going] = [client.next(joined), client.next(plain)];
    await shop.prices.untilOpen(2);
    await writeFile(file, shopSupergraph({ products: shop.products.url }));
    expect(await ending).toMatchObject({ errors: [{ extensions: { code: "INVALID_INPUT" } }] });
    await eventually(() => expect(shop.prices.open).toBe(2)); // the other one, twice until it has moved
    shop.prices.publish(priceOf("1", 5));
    expect(await going).toEqual({ data: { priceChanged: { price: 5 } } });
    await shop.prices.untilOpen(1);
  });

  it("keeps the old supergraph when the file is broken, says so, and takes the next good one", async () => {
    for (const broken of ["type Query {", "type Query { a: Int }", ""]) {
      await writeFile(file, broken);
      log.length = 0;
      gateway.reload();
      expect(log).toMatchObject([{ level: 50, msg: expect.stringContaining("the old one stays") }]);
      expect((await ask("{ topReview }")).data).toEqual({ topReview: "Splendid" });
    }
    await writeFile(file, shopSupergraph({ products: shop.products.url }));
    gateway.reload();
    expect((await ask("{ topReview }")).errors).toMatchObject([{ extensions: { code: "INVALID_INPUT" } }]);
  });
});
