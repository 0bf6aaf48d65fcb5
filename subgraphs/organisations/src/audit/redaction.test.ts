import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { TrailDesk } from "../testing/trail.js";
import { redactPerson } from "./redaction.js";

const EMAIL = "thandi@example.com";
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

const redact = () => desk.database.system("test", (tx) => redactPerson(tx, { userId: desk.owner, email: EMAIL }));

interface Entry {
  address: string | null;
  user_agent: string | null;
  before: unknown;
  after: unknown;
  action: string;
}
const entry = async (id: string): Promise<Entry | undefined> => {
  const rows = await desk.database.system(
    "test",
    (tx) => tx.sql<Entry[]>`select address, user_agent, before, after, action from audit_entry where id = ${id}`,
  );
  return rows[0];
};

describe("taking an erased person out of the trail", () => {
  it("leaves what was done and when, takes from where and about whom, and the chain holds", async () => {
    const acted = await desk.record({ after: { state: "STOPPED" } });
    const about = await desk.record({
      actorId: desk.otherOwner,
      resource: "user",
      resourceId: desk.owner,
      before: { displayName: "Thandi" },
      after: { displayName: "Thandi M" },
    });
    const named = await desk.record({ actorId: desk.otherOwner, after: { invited: EMAIL.toUpperCase() } });
    const others = await desk.record({ actorId: desk.otherOwner, after: { state: "RUNNING" } });
    await desk.seal();
    await desk.anchor();
    await redact();
    expect(await desk.verify()).toMatchObject({ intact: true });
    expect(await entry(acted)).toMatchObject({ address: null, user_agent: null, after: { state: "STOPPED" } });
    expect(await entry(about)).toMatchObject({ address: "192.0.2.7", before: null, after: null });
    expect(await entry(named)).toMatchObject({ address: "192.0.2.7", after: null });
    expect(await entry(others)).toMatchObject({ address: "192.0.2.7", after: { state: "RUNNING" } });
  });

  it("keeps that somebody was erased, and changes nothing the second time", async () => {
    const erased = await desk.record({ action: "user:erase", resource: "user", resourceId: desk.owner });
    await desk.seal();
    await redact();
    expect(await entry(erased)).toMatchObject({ action: "user:erase", after: { state: "STOPPED" } });
    expect(await redact()).toBe(0);
    expect(await desk.verify()).toMatchObject({ intact: true });
  });

  it("holds for entries that have no place in the chain yet", async () => {
    const waiting = await desk.record();
    await redact();
    await desk.seal();
    expect(await entry(waiting)).toMatchObject({ address: null });
    expect(await desk.verify()).toMatchObject({ intact: true });
  });

  it("lets nobody put another value in the place of one that is gone, nor another digest", async () => {
    const id = await desk.record();
    await desk.seal();
    await redact();
    const edits = ["address = '203.0.113.9'", "origin_digest = repeat('0', 64)", "origin_digest = null"];
    for (const edit of edits) {
      const kept: { address: string | null; digest: string | null }[] = [];
      await desk.tamper(async (sql) => {
        kept.push(
          ...(await sql<{ address: string | null; digest: string | null }[]>`
            select address, origin_digest as digest from audit_entry where id = ${id}`),
        );
        await sql.unsafe(`update audit_entry set ${edit} where id = '${id}'`);
      });
      expect(await desk.verify(), edit).toMatchObject({ intact: false, firstBrokenEntryId: id });
      const [{ address, digest } = { address: null, digest: null }] = kept;
      await desk.tamper(
        (sql) => sql`update audit_entry set address = ${address}, origin_digest = ${digest} where id = ${id}`,
      );
    }
    expect(await desk.verify()).toMatchObject({ intact: true });
  });

  it("takes out what arrives after the erasure as well", async () => {
    await desk.database.system(
      "test",
      (tx) => tx.sql`insert into person (user_id, organisation_id, email, display_name, status, version)
        values (${desk.owner}, ${desk.customer}, 'gone', 'gone', 'ERASED', 1000)
        on conflict (user_id) do update set status = 'ERASED'`,
    );
    const late = await desk.record();
    await desk.seal();
    expect(await entry(late)).toMatchObject({ address: null, user_agent: null });
    expect(await desk.verify()).toMatchObject({ intact: true });
  });
});
