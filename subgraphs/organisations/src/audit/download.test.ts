import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { countStatements } from "@tollgate/kit";
import type { RequestCaller } from "@tollgate/kit/protocol";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { TrailDesk } from "../testing/trail.js";

let desk: TrailDesk;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "trail-"));
  desk = await TrailDesk.start(inject("postgresUrl"), directory);
  await desk.record({ resourceId: '=HYPERLINK("http://evil")', after: { name: 'a "quoted", one', size: 2n ** 60n } });
  await desk.record({ userAgent: "+1\nline", actorKind: "SYSTEM", actorId: null, actorName: "charger" });
  await desk.record({ organisationId: desk.other, resourceId: "of the other" });
  await desk.seal();
});
afterAll(async () => {
  await desk.stop();
  await rm(directory, { recursive: true });
});

const own = () => desk.as(desk.customer, { sub: desk.owner });

const link = async (format: "CSV" | "JSON_LINES", caller: RequestCaller = own(), filter = {}): Promise<URL> => {
  const query =
    "query ($format: DownloadFormat!, $filter: AuditFilter) { auditDownload(format: $format, filter: $filter) { url } }";
  const { data, errors } = await desk.graph.execute(query, { format, filter }, caller);
  if (errors || !data) throw new Error(JSON.stringify(errors));
  return new URL((data["auditDownload"] as { url: string }).url); // as asked for
};

const open = async (url: URL) => {
  const route = desk.graph.subgraph.routes.find(({ path }) => path === url.pathname);
  if (!route) throw new Error(`nothing is at ${url.pathname}`);
  const query = url.searchParams;
  const answer = await route.handle({
    method: "GET",
    path: url.pathname,
    query,
    headers: { "user-agent": "tests" },
    rawBody: new Uint8Array(),
    address: "192.0.2.9",
  });
  const body = answer.body instanceof Readable ? answer.body : Readable.from([answer.body]);
  return { ...answer, body };
};

const read = async (url: URL) => text((await open(url)).body);

describe("an export of the trail", () => {
  it("is CSV in which nothing is a formula", async () => {
    const url = await link("CSV");
    expect(url.origin).toBe("https://cloud.example");
    const { headers, body } = await open(url);
    expect(headers?.["content-disposition"]).toMatch(/^attachment; filename="audit-.*\.csv"$/);
    const csv = await text(body);
    const [head] = csv.split("\r\n");
    expect(head).toMatch(/^id,at,organisationId,.*,hash$/);
    expect(csv).toContain(`"'=HYPERLINK(""http://evil"")"`);
    expect(csv).toContain(`"'+1\nline"`);
    expect(csv).toContain(`"{""name"":""a \\""quoted\\"", one"",""size"":""1152921504606846976""}"`);
    expect(csv).not.toContain("of the other");
  });

  it("is JSON, an object a line, newest first, as far as the filter goes", async () => {
    const lines = (await read(await link("JSON_LINES", own(), { resource: "vm" }))).trim().split("\n");
    const rows = lines.map((line) => JSON.parse(line) as { at: string; actorName: string | null; hash: string });
    expect(rows).toHaveLength(2);
    expect(rows[0]?.actorName).toBe("charger");
    expect(rows[0]?.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it("is in the trail itself before its first byte leaves", async () => {
    await (await open(await link("CSV"))).body.toArray();
    await desk.graph.subgraph.delivered();
    const query = '{ auditEntries(filter: { action: ["audit:export"] }) { nodes { outcome user { id } after } } }';
    const { data } = await desk.graph.execute(query, {}, own());
    expect(data).toMatchObject({
      auditEntries: {
        nodes: expect.arrayContaining([
          { outcome: "SUCCEEDED", user: { id: desk.owner }, after: expect.objectContaining({ format: "CSV" }) },
        ]),
      },
    });
  });

  it("is refused by a link that was changed, is too old, or is of somebody who may not any more", async () => {
    const forged = await link("CSV");
    const ticket = Buffer.from(forged.searchParams.get("ticket") ?? "", "base64url").toString("utf8");
    forged.searchParams.set("ticket", Buffer.from(ticket.replace(desk.customer, desk.operator)).toString("base64url"));
    expect((await open(forged)).status).toBe(403);

    const old = await link("CSV");
    const before = desk.now;
    desk.now = new Date(before.getTime() + 6 * 60_000);
    expect((await open(old)).status).toBe(403);
    desk.now = before;

    const stranger = await link("CSV", desk.as(desk.customer));
    expect((await open(stranger)).status).toBe(403);
    await expect(link("CSV", own(), { organisationId: desk.other })).rejects.toThrow(/NOT_FOUND/);
    await expect(link("CSV", desk.as(desk.customer, { permissions: ["audit:read"] }))).rejects.toThrow(/FORBIDDEN/);
  });

  it("reads no further than it is taken, and not at all once the reader has hung up", async () => {
    await desk.fill(6_500);
    const { body } = await open(await link("JSON_LINES"));
    const chunks = body[Symbol.asyncIterator]();
    await chunks.next();
    const statements = await countStatements(async () => {
      body.destroy();
      await new Promise((resolve) => body.once("close", resolve));
    });
    expect(statements.filter((statement) => statement.includes("audit_entry")).length).toBeLessThanOrEqual(1);
    const whole = (await read(await link("JSON_LINES"))).trim().split("\n");
    expect(whole.length).toBeGreaterThan(6_500);
    expect(new Set(whole).size).toBe(whole.length);
  });

  it("is one of two at a time for each person", async () => {
    const first = await open(await link("CSV"));
    const second = await open(await link("CSV"));
    expect((await open(await link("CSV"))).status).toBe(429);
    for (const { body } of [first, second]) {
      body.destroy();
      await new Promise((resolve) => body.once("close", resolve));
    }
    expect((await read(await link("CSV"))).length).toBeGreaterThan(0);
  });
});
