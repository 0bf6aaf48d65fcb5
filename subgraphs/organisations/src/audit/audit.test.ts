import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { TrailDesk } from "../testing/trail.js";

const MINUTE = 60_000;
let desk: TrailDesk;
let directory: string;
const ids: string[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "trail-"));
  desk = await TrailDesk.start(inject("postgresUrl"), directory);
  const at = (minutes: number) => new Date(desk.now.getTime() + minutes * MINUTE);
  const given = [
    { action: "vm:power", resourceId: "vm-1", at: at(1) },
    { action: "vm:power", resourceId: "vm-2", at: at(2), outcome: "REFUSED" as const, problem: "NOT_FOUND" as const },
    { action: "order:place", resource: "order", at: at(3), actorKind: "API_KEY" as const, actorId: desk.otherOwner },
    { action: "order:place", resource: "order", at: at(3), outcome: "FAILED" as const, problem: "CONFLICT" as const },
    {
      action: "usage:charge",
      resource: "wallet",
      at: at(4),
      actorKind: "SYSTEM" as const,
      actorId: null,
      actorName: "charger",
    },
    { action: "user:lockOut", resource: "user", at: at(5) },
    { action: "vm:power", at: at(6), organisationId: desk.other },
  ];
  for (const details of given) ids.push(await desk.record(details));
  await desk.seal();
});
afterAll(async () => {
  await desk.stop();
  await rm(directory, { recursive: true });
});

const LIST = `query ($first: Int, $after: String, $filter: AuditFilter) { auditEntries(first: $first, after: $after, filter: $filter) {
  nodes { id action actorKind actorId user { id } organisation { id } hash } pageInfo { hasNextPage endCursor } } }`;

interface List {
  nodes: { id: string; actorKind: string; user: { id: string } | null; hash: string | null }[];
  pageInfo: { hasNextPage: boolean; endCursor: string };
}

const ask = async (variables: Record<string, unknown>, org = desk.customer): Promise<List> => {
  const { data, errors } = await desk.graph.execute(LIST, variables, desk.as(org));
  if (errors) throw new Error(JSON.stringify(errors));
  return data?.["auditEntries"] as List; // as asked for
};

/** Places of the records above that a filter finds, newest first. */
const found = async (filter: Record<string, unknown>, org?: string): Promise<number[]> => {
  const period = { from: desk.now.toISOString(), to: new Date(desk.now.getTime() + 10 * MINUTE).toISOString() };
  const { nodes } = await ask({ first: 100, filter: { period, ...filter } }, org);
  return nodes.map(({ id }) => ids.indexOf(id)).filter((place) => place >= 0);
};

describe("the list of entries", () => {
  it("finds by what it was, by whom, how it ended and when", async () => {
    expect(await found({})).toEqual([5, 4, 3, 2, 1, 0]);
    expect(await found({ resource: "vm" })).toEqual([1, 0]);
    expect(await found({ resourceId: "vm-1" })).toEqual([0]);
    expect(await found({ actorId: desk.otherOwner })).toEqual([2]);
    expect(await found({ action: ["order:place", "usage:charge"] })).toEqual([4, 3, 2]);
    expect(await found({ outcome: ["REFUSED", "FAILED"] })).toEqual([3, 1]);
    expect(await found({ securityOnly: true })).toEqual([5, 1]);
    const [from, to] = [2, 4].map((minutes) => new Date(desk.now.getTime() + minutes * MINUTE).toISOString());
    expect(await found({ period: { from, to } })).toEqual([3, 2, 1]);
  });

  it("shows each what is its own and below", async () => {
    expect(await found({}, desk.other)).toEqual([6]);
    expect(await found({}, desk.operator)).toEqual([6, 5, 4, 3, 2, 1, 0]);
    expect(await found({ organisationId: desk.customer }, desk.operator)).toEqual([5, 4, 3, 2, 1, 0]);
    await expect(found({ organisationId: desk.other })).rejects.toThrow(/NOT_FOUND/);
  });

  it("names people, keys and jobs, and each entry's hash", async () => {
    const { nodes } = await ask({ first: 100 });
    const of = (place: number) => nodes.find(({ id }) => id === ids[place]);
    expect(of(0)).toMatchObject({ actorKind: "USER", user: { id: desk.owner } });
    expect(of(2)).toMatchObject({ actorKind: "API_KEY", user: null });
    expect(of(4)).toMatchObject({ actorKind: "SYSTEM", user: null });
    expect(of(0)?.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it("pages without missing or repeating entries of the same instant", async () => {
    const seen: string[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const { nodes, pageInfo }: List = await ask({ first: 1, after });
      seen.push(...nodes.map(({ id }) => id));
      [after, more] = [pageInfo.endCursor, pageInfo.hasNextPage];
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(ids.slice(0, 6)));
  });

  it("refuses what nobody means", async () => {
    const refused = async (variables: Record<string, unknown>) => {
      const { errors } = await desk.graph.execute(LIST, variables, desk.as(desk.customer));
      return errors?.[0]?.extensions?.["code"];
    };
    const [now] = [desk.now.toISOString()];
    expect(await refused({ filter: { period: { from: now, to: now } } })).toBe("INVALID_INPUT");
    expect(await refused({ filter: { action: Array.from({ length: 51 }, () => "a") } })).toBe("INVALID_INPUT");
    expect(await refused({ filter: { actorId: "nobody" } })).toBe("NOT_FOUND");
    expect(await refused({ after: Buffer.from('["x","y"]').toString("base64url") })).toBe("INVALID_INPUT");
  });
});
