import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from "jose";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shopSupergraph, startShop } from "../testing/shop.js";
import { SocketClient } from "../testing/socket-client.js";
import { askAt } from "../testing/start.js";
import { serveAlone } from "./serve.js";
import { recogniserOf } from "./tokens.js";

describe("tokens of others", () => {
  let server: Server;
  let privateKey: CryptoKey;
  let jwks: string;
  const named = { issuer: "https://issuer.test", audience: "shop" };

  beforeAll(async () => {
    const pair = await generateKeyPair("ES256", { extractable: true });
    ({ privateKey } = pair);
    const keys = [{ ...(await exportJWK(pair.publicKey)), kid: "one", alg: "ES256" }];
    server = createServer((_request, response) => response.end(JSON.stringify({ keys })));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    jwks = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`; // listens on a port
  });

  afterAll(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  });

  const tokenWith = async (claims: Record<string, unknown>, { issuer, audience } = named, expires = "5m") =>
    await new SignJWT(claims)
      .setProtectedHeader({ alg: "ES256", kid: "one" })
      .setSubject("ada")
      .setIssuer(issuer)
      .setAudience(audience)
      .setExpirationTime(expires)
      .sign(privateKey);

  it("tell who asks and what they may do, however the issuer writes it, and until when", async () => {
    const recognise = recogniserOf({ jwks, ...named });
    const token = await tokenWith({ scope: "stock:read price:read", permissions: ["vm:read"], scp: ["a"] });
    const { claims, refusal, until } = await recognise(token);
    expect(refusal).toBeNull();
    expect(claims).toMatchObject({ sub: "ada", permissions: ["stock:read", "price:read", "a", "vm:read"] });
    expect(until).toBeGreaterThan(Date.now());
    expect((await recognise(null)).claims).toBeNull();
  });

  it("are refused when they are made up, out of date, or meant for somebody else", async () => {
    const recognise = recogniserOf({ jwks, ...named });
    const refused = [
      "made-up",
      await tokenWith({}, named, "-1m"),
      await tokenWith({}, { ...named, audience: "others" }),
      await tokenWith({}, { ...named, issuer: "https://other.test" }),
      `${(await tokenWith({})).slice(0, -8)}AAAAAAAA`,
    ];
    for (const token of refused) {
      const { claims, refusal } = await recognise(token);
      expect(claims).toBeNull();
      expect(refusal?.extensions.code).toBe("UNAUTHENTICATED");
    }
  });

  it("let those see what is guarded who may, over HTTP and WebSocket, and only while they are good", async () => {
    const shop = await startShop();
    const folder = await mkdtemp(join(tmpdir(), "tollgate-tokens-"));
    const supergraph = join(folder, "supergraph.graphql");
    await writeFile(supergraph, shopSupergraph({ products: shop.products.url, reviews: shop.reviews.url }));
    const settings = {
      supergraph,
      host: "127.0.0.1",
      port: 0,
      addresses: new Map<string, string>(),
      milliseconds: 5_000,
    };
    const tokens = { jwks, ...named };
    const gateway = await serveAlone({ ...settings, tokens, logLevel: "silent" }, pino({ level: "silent" }));

    const may = await tokenWith({ scope: "stock:read" });
    const mayNot = await tokenWith({});
    expect(await askAt(gateway.url, "{ stock secret }", { token: may })).toMatchObject({
      data: { stock: 7, secret: "known" },
      errors: [],
    });
    const codes = async (token?: string) =>
      (await askAt(gateway.url, "{ stock }", token === undefined ? {} : { token })).errors[0]?.extensions.code;
    expect(await codes(mayNot)).toBe("FORBIDDEN");
    expect(await codes()).toBe("UNAUTHENTICATED");
    expect(await codes("made-up")).toBe("UNAUTHENTICATED");

    const known = new SocketClient(gateway.url, { token: may });
    expect(await known.next(known.run("{ stock asWhom }"))).toEqual({ data: { stock: 7, asWhom: `Bearer ${may}` } });
    const unknown = new SocketClient(gateway.url);
    expect(await unknown.next(unknown.run("{ topReview }"))).toEqual({ data: { topReview: "Splendid" } });
    const bad = new SocketClient(gateway.url, { token: "made-up" });
    void bad
      .run("{ topReview }")
      .next()
      .catch(() => undefined);
    expect(await bad.closed).toMatchObject({ code: 4401 });
    const short = new SocketClient(gateway.url, { token: await tokenWith({}, named, "1s") });
    void short
      .run("subscription { priceChanged { id } }")
      .next()
      .catch(() => undefined);
    expect(await short.closed).toMatchObject({ code: 4401 });
    await Promise.all([known.dispose(), unknown.dispose()]);
    await gateway.stop();
    await shop.stop();
    await rm(folder, { recursive: true });
  });

  it("recognise nobody while the keys cannot be read, which is no fault of the token", async () => {
    const recognise = recogniserOf({ jwks: "http://127.0.0.1:1/", ...named });
    expect((await recognise(await tokenWith({}))).refusal?.extensions.code).toBe("UNAVAILABLE");
  });
});
