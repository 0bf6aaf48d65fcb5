import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { TrailDesk } from "../testing/trail.js";
import { GENESIS, linkHash } from "./chain.js";
import { retireOld } from "./retention.js";

const DAY = 86_400_000;
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

/** The standard setting keeps entries for 3,650 days. */
const ago = (days: number) => new Date(Date.now() - days * DAY);
const retire = (folder: string | null = directory) =>
  retireOld(desk.database, { signatures: desk.signatures, directory: folder }, new Date());

/** An organisation of its own, so that nothing else is in its chain. */
const oldAndNew = async () => {
  desk.now = new Date();
  const organisationId = await desk.addOrganisation();
  await desk.seal();
  const old = await desk.chain(3, { organisationId, at: ago(4_000) });
  await desk.record({ organisationId, at: ago(3_000) });
  // Older than the one before it, which keeps it: what goes is always a beginning.
  await desk.record({ organisationId, at: ago(4_000) });
  await desk.record({ organisationId });
  await desk.seal();
  return { organisationId, old };
};

const entriesOf = (organisationId: string) =>
  desk.database.system(
    "test",
    (tx) => tx.sql<{ id: string }[]>`select id from audit_entry where organisation_id = ${organisationId}`,
  );

describe("retention", () => {
  it("archives and removes the beginning of a chain, which still holds and is still anchored", async () => {
    const { organisationId, old } = await oldAndNew();
    await desk.anchor();
    expect(await retire()).toBe(old.length);
    const left = (await entriesOf(organisationId)).map(({ id }) => id);
    expect(left.length).toBe(3);
    expect(left).not.toContain(old[0]);
    expect(await desk.verify(organisationId)).toMatchObject({ intact: true, entriesChecked: 3 });
    expect(await retire()).toBe(0);

    const folder = join(directory, organisationId);
    const [file = ""] = await readdir(folder);
    const lines = (await readFile(join(folder, file), "utf8")).trim().split("\n");
    let previous = GENESIS;
    for (const line of lines) {
      const { hash, entry } = JSON.parse(line) as { hash: string; entry: string };
      previous = linkHash(previous, entry);
      expect(Buffer.from(previous).toString("hex")).toBe(hash);
    }
    expect(lines).toHaveLength(old.length);
  });

  it("does not let anybody cut a beginning by a checkpoint of their own", async () => {
    const { organisationId } = await oldAndNew();
    await desk.database.system("thief", async (tx) => {
      await tx.sql`insert into audit_checkpoint (organisation_id, position, hash, at, signature)
        select organisation_id, position, hash, now(), 'forged' from audit_link
         where organisation_id = ${organisationId} and position = 1`;
      await tx.sql`select forget_audit(${organisationId}, 1)`;
    });
    expect(await desk.verify(organisationId)).toMatchObject({ intact: false });
  });

  it("removes nothing young, nothing without a checkpoint and never the end, whoever calls the function", async () => {
    const { organisationId } = await oldAndNew();
    const forget = (position: number) =>
      desk.database.system("thief", (tx) => tx.sql`select forget_audit(${organisationId}, ${position})`);
    await expect(forget(1)).rejects.toThrow(/no checkpoint/);
    await desk.database.system(
      "thief",
      (tx) => tx.sql`insert into audit_checkpoint (organisation_id, position, hash, at, signature)
        select organisation_id, position, hash, now(), 'forged' from audit_link where organisation_id = ${organisationId}`,
    );
    const [last] = await desk.database.system(
      "test",
      (tx) => tx.sql<{ position: bigint }[]>`
        select max(position) as position from audit_link where organisation_id = ${organisationId}`,
    );
    await expect(forget(Number(last?.position))).rejects.toThrow(/end of a chain/);
    await desk.record({ organisationId });
    await desk.seal();
    await expect(forget(Number(last?.position))).rejects.toThrow(/too young/);
  });

  it("keeps what was tampered with, however old it is", async () => {
    const { organisationId, old } = await oldAndNew();
    await desk.tamper((sql) => sql`update audit_entry set action = 'vm:read' where id = ${old[0] ?? ""}`);
    await retire();
    expect((await entriesOf(organisationId)).map(({ id }) => id)).toContain(old[0]);
    expect(await desk.verify(organisationId)).toMatchObject({ intact: false, firstBrokenEntryId: old[0] });
  });
});
