import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Database, databaseAddresses } from "@tollgate/kit";
import { TEST_SECRET } from "@tollgate/kit/testing";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { TrailDesk } from "../testing/trail.js";
import { GENESIS, linkHash } from "./chain.js";
import { sealTrail } from "./sealing.js";
import { verifyAll } from "./verification.js";

let desk: TrailDesk;
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "trail-"));
  desk = await TrailDesk.start(inject("postgresUrl"), directory);
  await desk.seal();
});
afterEach(async () => {
  await desk.stop();
  await rm(directory, { recursive: true });
});

const positions = async () =>
  desk.database.system(
    "test",
    (tx) =>
      tx.sql<{ id: string; position: bigint }[]>`
      select entry_id as id, position from audit_link where organisation_id = ${desk.customer} order by position`,
  );

describe("sealing", () => {
  it("gives each organisation a chain of its own, in the order in which records came", async () => {
    const before = (await positions()).length;
    const first = await desk.record();
    const foreign = await desk.record({ organisationId: desk.other });
    const second = await desk.record({ at: new Date("2020-01-01T00:00:00Z") });
    await desk.seal();
    const rows = (await positions()).slice(before);
    expect(rows.map(({ id }) => id)).toEqual([first, second]);
    expect(rows.map(({ position }) => Number(position))).toEqual([before + 1, before + 2]);
    expect((await positions()).some(({ id }) => id === foreign)).toBe(false);
  });

  it("leaves nothing half done when it is killed, and goes on where it was", async () => {
    const ids = [await desk.record(), await desk.record(), await desk.record()];
    const killed = desk.database.system("test", async (tx) => {
      await sealTrail(tx);
      throw new Error("killed");
    });
    await expect(killed).rejects.toThrow("killed");
    expect((await desk.verify()).intact).toBe(true);
    await desk.seal();
    expect((await positions()).slice(-3).map(({ id }) => id)).toEqual(ids);
    expect(await desk.verify()).toMatchObject({ intact: true });
  });

  it("by two processes at once makes one chain", async () => {
    const { login } = databaseAddresses("organisations", desk.graph.databaseUrl, null, TEST_SECRET);
    const replica = new Database(login, { connections: 2, applicationName: "replica" });
    try {
      const ids: string[] = [];
      for (let i = 0; i < 40; i += 1) {
        ids.push(await desk.record());
        if (i % 5 === 0) {
          await Promise.all([desk.database, replica].map((database) => database.system("test", sealTrail)));
        }
      }
      await desk.seal();
      expect((await positions()).slice(-40).map(({ id }) => id)).toEqual(ids);
      expect(await desk.verify()).toMatchObject({ intact: true });
    } finally {
      await replica.close();
    }
  });
});

describe("verification", () => {
  it("finds an edit of every field by the tables' owner", async () => {
    const [, edited] = await desk.chain(3, { before: { name: "old" } });
    const edits = [
      "action = 'vm:read'",
      "outcome = 'REFUSED'",
      "actor_id = uuidv7()",
      "resource_id = 'other'",
      "at = at + interval '1 millisecond'",
      'before = \'{"name": "new"}\'',
      "after = null",
      "address = '203.0.113.1'",
      "user_agent = null",
      "occurrences = 2",
      "subgraph = 'billing'",
      "request_id = null",
      `organisation_id = '${desk.other}'`,
    ];
    for (const edit of edits) {
      const [column = ""] = edit.split(" ");
      let kept = "";
      await desk.tamper(async (sql) => {
        const [row] = await sql.unsafe<{ row: string }[]>(
          `select to_jsonb(e)::text as row from audit_entry e where id = '${edited}'`,
        );
        kept = row?.row ?? "";
        await sql.unsafe(`update audit_entry set ${edit} where id = '${edited}'`);
      });
      expect(await desk.verify(), edit).toMatchObject({ intact: false, firstBrokenEntryId: edited });
      await desk.tamper(
        (sql) => sql`update audit_entry e set ${sql.unsafe(column)} = k.${sql.unsafe(column)}
          from jsonb_populate_record(null::audit_entry, ${kept}::jsonb) k where e.id = k.id`,
      );
      expect(await desk.verify(), `${edit} taken back`).toMatchObject({ intact: true });
    }
  });

  it("finds an entry that is gone, one that was put in past the chain, and links that were swapped", async () => {
    const [, gone, , first, second] = await desk.chain(6);
    await desk.tamper(async (sql) => {
      await sql`update audit_link set entry_id = uuidv7() where entry_id = ${first ?? ""}`;
      await sql`update audit_link set entry_id = ${first ?? ""} where entry_id = ${second ?? ""}`;
    });
    expect((await desk.verify()).intact).toBe(false);
    await desk.tamper((sql) => sql`delete from audit_entry where id = ${gone ?? ""}`);
    expect(await desk.verify()).toMatchObject({ intact: false, firstBrokenEntryId: gone });

    const forged = "01900000-0000-7000-8000-00000000dead";
    await desk.tamper(
      (sql) => sql`insert into audit_entry (id, organisation_id, at, actor_kind, action, resource, outcome, subgraph)
        values (${forged}, ${desk.other}, now(), 'SYSTEM', 'vm:read', 'vm', 'SUCCEEDED', 'telemetry')`,
    );
    expect(await desk.verify(desk.other)).toMatchObject({ intact: false, firstBrokenEntryId: forged });
  });

  it("counts a tail that was cut after an anchor, also when the anchors went with it and only the file is left", async () => {
    const ids = await desk.chain(5);
    expect(await desk.anchor(true)).toBeGreaterThan(0);
    expect(await desk.anchor(true)).toBe(0);
    await desk.tamper(async (sql) => {
      await sql`delete from audit_link where entry_id = any(${ids.slice(3)}::uuid[])`;
      await sql`delete from audit_entry where id = any(${ids.slice(3)}::uuid[])`;
    });
    expect(await desk.verify()).toMatchObject({ intact: false, firstBrokenEntryId: null, missingTail: 2 });
    await desk.tamper((sql) => sql`delete from audit_anchor`);
    expect(await desk.verify()).toMatchObject({ intact: true });
    expect(await desk.verify(desk.customer, true)).toMatchObject({ intact: false, missingTail: 2 });
    expect((await desk.file.newestOfAll()).get(desk.customer)).toEqual(await desk.file.newest(desk.customer));
    const broken = await verifyAll(desk.database, { signatures: desk.signatures, file: desk.file }, () => desk.now);
    expect(broken).toEqual([desk.customer]);
    const month = await readFile(join(directory, "anchors", "anchors-2026-06.jsonl"), "utf8");
    expect(month).toContain(desk.customer);
  });

  it("finds a chain that was written anew from its beginning, by its anchor", async () => {
    const ids = await desk.chain(4);
    await desk.anchor();
    await desk.tamper(async (sql) => {
      await sql`update audit_entry set action = 'vm:read' where id = ${ids[0] ?? ""}`;
      await sql`update audit_link set hash = ${Buffer.from(linkHash(GENESIS, "forged"))} where entry_id = ${ids[3] ?? ""}`;
      await sql`delete from audit_link where organisation_id = ${desk.customer}`;
      await sql`insert into audit_unsealed (organisation_id, entry_id)
        select organisation_id, id from audit_entry where organisation_id = ${desk.customer} order by at, id`;
    });
    await desk.seal();
    expect(await desk.verify()).toMatchObject({ intact: false, missingTail: 0 });
  });

  it("is refused to strangers, and to everybody who asks too often; what it finds is recorded and raised", async () => {
    const [broken] = await desk.chain(2);
    await desk.tamper((sql) => sql`update audit_entry set action = 'vm:read' where id = ${broken ?? ""}`);
    const ask = async (org: string) => {
      const document = `mutation ($id: ID!) { verifyAuditTrail(input: { organisationId: $id }) { __typename
        ... on AuditVerification { intact firstBrokenEntryId } } }`;
      const { data } = await desk.graph.execute(document, { id: desk.customer }, desk.as(org));
      return data?.["verifyAuditTrail"];
    };
    expect(await ask(desk.other)).toEqual({ __typename: "NotFoundProblem" });
    expect(await ask(desk.reseller)).toEqual({
      __typename: "AuditVerification",
      intact: false,
      firstBrokenEntryId: broken,
    });
    expect(await ask(desk.customer)).toEqual({ __typename: "RateLimitedProblem" });
    await desk.graph.subgraph.settled();
    await desk.graph.subgraph.delivered();
    const list = `{ auditEntries(first: 10) { nodes { action outcome } } auditVerification { intact } }`;
    const { data } = await desk.graph.execute(list, {}, desk.as(desk.customer));
    expect(data).toMatchObject({ auditVerification: { intact: false } });
    expect(JSON.stringify(data)).toContain("security:trailBroken");
    expect(JSON.stringify(data)).toContain("audit:verify");
  });
});

describe("the trail's tables", () => {
  it("are only ever added to by the subgraph itself", async () => {
    await desk.chain(1);
    await desk.anchor();
    for (const table of ["audit_entry", "audit_link", "audit_anchor", "audit_checkpoint"]) {
      for (const statement of [`delete from ${table}`, `update ${table} set organisation_id = organisation_id`]) {
        const attempt = desk.database.system("test", (tx) => tx.sql.unsafe(statement));
        await expect(attempt, statement).rejects.toThrow(/permission denied/);
      }
    }
  });
});
