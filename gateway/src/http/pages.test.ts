import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import type { PassThroughRequest } from "@tollgate/kit/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningGateway, startGateway } from "../testing/start.js";

describe("what is served beside the graph", () => {
  let folder: string;
  let running: RunningGateway;
  const passed: PassThroughRequest[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tollgate-pages-"));
    for (const root of ["web", "graphiql"]) {
      await mkdir(join(folder, root, "assets"), { recursive: true });
      await writeFile(join(folder, root, "index.html"), `<title>${root}</title>`);
      await writeFile(join(folder, root, "assets", "main-abc123.js"), `console.log("${root}");${" ".repeat(4_000)}`);
    }
    running = await startGateway({
      webRoot: join(folder, "web"),
      graphiqlRoot: join(folder, "graphiql"),
      routes: [
        {
          method: "POST",
          path: "/webhooks/paystack",
          handle: async (request) => {
            passed.push(request);
            return { status: 202, headers: { "x-seen": "yes" }, body: "taken" };
          },
        },
        {
          method: "GET",
          path: "/failing",
          handle: async () => {
            throw new Error("select * from secret");
          },
        },
      ],
    });
  });

  afterAll(async () => {
    await running.gateway.stop();
    await rm(folder, { recursive: true });
  });

  it.each(["/", "/machines", "/machines/0197c0de-0000-7000-8000-000000000001?range=24h"])(
    "answers %s with the web app, never cached",
    async (path) => {
      const response = await fetch(running.url + path, { headers: { accept: "text/html" } });
      expect(response.status).toBe(200);
      expect(await response.text()).toContain("<title>web</title>");
      expect(response.headers.get("cache-control")).toBe("no-cache");
    },
  );

  it("lets no secret of a link go further in a referrer", async () => {
    const policyOf = async (path: string) =>
      (await fetch(running.url + path, { headers: { accept: "text/html" } })).headers.get("referrer-policy");
    expect(await policyOf("/reset-password?token=abc")).toBe("no-referrer");
    expect(await policyOf("/reset-password")).toBe("same-origin");
  });

  it("lets browsers keep files with a hash in their name for ever, compressed", async () => {
    const response = await fetch(`${running.url}/assets/main-abc123.js`, { headers: { "accept-encoding": "br" } });
    expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(response.headers.get("content-encoding")).toBe("br");
    expect(await response.text()).toContain(`console.log("web")`);
  });

  it("sends what the build compressed instead of compressing it anew, to whoever can read it", async () => {
    const packed = brotliCompressSync(`console.log("packed before")`);
    await writeFile(join(folder, "web", "assets", "main-abc123.js.br"), packed);
    const answer = async (encoding: string) => {
      const response = await fetch(`${running.url}/assets/main-abc123.js`, {
        headers: { "accept-encoding": encoding },
      });
      return { headers: response.headers, text: await response.text() };
    };
    const { headers, text } = await answer("gzip, br");
    expect(text).toBe(`console.log("packed before")`);
    expect(headers.get("content-length")).toBe(`${packed.length}`);
    expect(headers.get("content-type")).toContain("javascript");
    expect(headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(headers.get("vary")).toMatch(/accept-encoding/i);
    expect((await answer("gzip")).text).toContain(`console.log("web")`);
    expect((await answer("identity")).text).toContain(`console.log("web")`);
    await rm(join(folder, "web", "assets", "main-abc123.js.br"));
  });

  it.each(["/assets/gone-000000.js", "/favicon.png", "/graphql/x", "/webhooks/none"])(
    "answers %s with 404, not with a page",
    async (path) => {
      const response = await fetch(running.url + path);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "NOT_FOUND" } }] });
    },
  );

  it("serves GraphiQL from its own files", async () => {
    const page = await fetch(`${running.url}/graphiql`);
    expect(page.url).toBe(`${running.url}/graphiql/`);
    expect(await page.text()).toContain("<title>graphiql</title>");
    expect((await fetch(`${running.url}/graphiql/assets/main-abc123.js`)).status).toBe(200);
  });

  it("allows scripts of this origin alone", async () => {
    const { headers } = await fetch(running.url);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("worker-src 'self' blob:");
    expect(policy).toContain("connect-src 'self' wss://cloud.example");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("strict-transport-security")).toBeNull();
  });

  it("passes the routes of subgraphs through with the body as it came", async () => {
    const body = `{"b": 1,  "a": 2}`;
    const headers = { "content-type": "application/json", "x-signature": "s" };
    const response = await fetch(`${running.url}/webhooks/paystack?try=2`, { method: "POST", body, headers });
    expect(response.status).toBe(202);
    expect(response.headers.get("x-seen")).toBe("yes");
    expect(await response.text()).toBe("taken");
    expect(passed).toMatchObject([{ method: "POST", path: "/webhooks/paystack", address: "127.0.0.1" }]);
    expect(Buffer.from(passed[0]?.rawBody ?? []).toString()).toBe(body);
    expect(passed[0]?.query.get("try")).toBe("2");
    expect(passed[0]?.headers["x-signature"]).toBe("s");
  });

  it("hides what went wrong in such a route", async () => {
    const response = await fetch(`${running.url}/failing`);
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: "INTERNAL" } }] });
    expect(text).not.toContain("secret");
  });

  it("says in words that the pages are not built where there are none", async () => {
    const bare = await startGateway({ secureCookies: true });
    const page = await fetch(bare.url);
    expect(page.status).toBe(503);
    expect(await page.text()).toContain("npm run build");
    expect(page.headers.get("strict-transport-security")).toContain("max-age");
    expect((await fetch(`${bare.url}/graphiql`)).status).toBe(503);
    await bare.gateway.stop();
  });
});

describe("health", () => {
  it("is alive whatever else, and ready when everything is", async () => {
    const report = { ready: true, checks: [{ name: "database", ready: true }] };
    const running = await startGateway({ health: async () => report });
    expect((await fetch(`${running.url}/health/live`)).status).toBe(200);
    const ready = await fetch(`${running.url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([200, report]);
    report.ready = false;
    report.checks = [{ name: "database", ready: false }];
    const unready = await fetch(`${running.url}/health/ready`);
    expect([unready.status, await unready.json()]).toEqual([503, report]);
    await running.gateway.stop();
  });
});
