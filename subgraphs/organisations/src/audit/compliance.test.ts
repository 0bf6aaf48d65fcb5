import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { TrailDesk } from "../testing/trail.js";
import { COMPLIANCE_RULES, type ComplianceFacts } from "./compliance-rules.js";
import { watchTrail } from "./watch.js";

const PERFECT: ComplianceFacts = {
  failedSignIns: 0,
  lockOuts: 0,
  tokenReuses: 0,
  foreignIds: 0,
  suspicions: 0,
  exports: 0,
  owners: 2,
  dormant: 0,
  chainIntact: true,
  verifiedDaysAgo: 0,
  secondFactorRequired: true,
};

const pointsOff = (facts: Partial<ComplianceFacts>) =>
  COMPLIANCE_RULES.map((rule) => rule.points({ ...PERFECT, ...facts })).filter((points) => points > 0);

describe("the score", () => {
  it.each<[string, Partial<ComplianceFacts>, number[]]>([
    ["is whole where nothing is wrong", {}, []],
    ["falls most for a broken chain", { chainIntact: false, verifiedDaysAgo: 9 }, [40]],
    ["falls a little for a trail that was never verified", { chainIntact: null, verifiedDaysAgo: null }, [5]],
    ["falls for one that was not verified for a week", { verifiedDaysAgo: 8 }, [5]],
    ["falls for copies of session tokens, up to 20", { tokenReuses: 3 }, [20]],
    ["falls for suspicious patterns, up to 20", { suspicions: 2 }, [10]],
    ["falls where no second factor is required", { secondFactorRequired: false }, [10]],
    ["falls for accounts that were locked", { lockOuts: 2 }, [6]],
    ["falls for many failed sign-ins only", { failedSignIns: 19 }, []],
    ["falls by one for each twenty failed sign-ins", { failedSignIns: 65 }, [3]],
    ["falls for foreign ids that were tried", { foreignIds: 45 }, [4]],
    ["falls for very many exports", { exports: 51 }, [5]],
    ["falls for one owner alone", { owners: 1 }, [5]],
    ["falls for too many owners", { owners: 6 }, [5]],
    ["falls for members who do nothing, up to 10", { dormant: 30 }, [10]],
  ])("%s", (_sentence, facts, expected) => {
    expect(pointsOff(facts)).toEqual(expected);
  });

  it("explains every point with a sentence and what to do", () => {
    const worst = { ...PERFECT, chainIntact: false, tokenReuses: 2, suspicions: 9, lockOuts: 9, failedSignIns: 900 };
    for (const rule of COMPLIANCE_RULES) {
      expect(rule.reason(worst)).toMatch(/^[A-Z0-9].*\.$/);
      expect(rule.recommendation).toMatch(/^[A-Z].*\.$/);
    }
  });
});

let desk: TrailDesk;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "trail-"));
  desk = await TrailDesk.start(inject("postgresUrl"), directory);
});
afterAll(async () => {
  await desk.stop();
  await rm(directory, { recursive: true });
});

const look = () => desk.database.system("test", (tx) => watchTrail(tx, desk.now));
const times = async (count: number, details: Parameters<TrailDesk["record"]>[0]) => {
  for (let i = 0; i < count; i += 1) await desk.record(details);
};

const raised = async (): Promise<string[]> => {
  await desk.graph.subgraph.delivered();
  const rows = await desk.database.system(
    "test",
    (tx) => tx.sql<{ action: string; about: string }[]>`
      select action, resource_id as about from audit_entry where starts_with(action, 'security:')`,
  );
  return rows.map(({ action, about }) => `${action} ${about}`).sort();
};

describe("the watch over the trail", () => {
  it("raises failed sign-ins, foreign ids, mass exports and odd hours, each once", async () => {
    const [prober, exporter, sleeper] = [randomUUID(), randomUUID(), randomUUID()];
    const refused = { outcome: "REFUSED" as const };
    const signIn = { ...refused, action: "session:signIn", resource: "session", problem: "UNAUTHENTICATED" as const };
    await times(9, { ...signIn, actorId: desk.owner });
    await desk.record({
      ...signIn,
      organisationId: null,
      actorKind: "SYSTEM",
      actorId: null,
      address: "192.0.2.66",
      occurrences: 10,
    });
    await desk.record({ ...refused, problem: "NOT_FOUND", actorId: prober, occurrences: 10 });
    await times(5, { action: "audit:export", actorId: exporter });
    for (let day = 1; day <= 12; day += 1) {
      await desk.record({ actorId: sleeper, at: new Date(desk.now.getTime() - day * 86_400_000 - 8 * 3_600_000) });
    }
    await desk.record({ actorId: sleeper });
    expect(await look()).toBe(4);
    const expected = [
      "security:failedSignIns 192.0.2.66",
      `security:foreignIds ${prober}`,
      `security:massExport ${exporter}`,
      `security:oddHours ${sleeper}`,
    ];
    expect(await raised()).toEqual(expected.sort());
    expect(await look()).toBe(0);

    await desk.record({ ...signIn, actorId: desk.owner });
    // As that person, and from that address.
    expect(await look()).toBe(2);
    expect(await raised()).toEqual(
      expect.arrayContaining([`security:failedSignIns ${desk.owner}`, "security:failedSignIns 192.0.2.7"]),
    );
  });

  it("lets people alone who work as they always do", async () => {
    const worker = randomUUID();
    for (let day = 0; day <= 12; day += 1) {
      await desk.record({ actorId: worker, at: new Date(desk.now.getTime() - day * 86_400_000) });
    }
    await times(4, { action: "audit:export", actorId: worker });
    await desk.record({ outcome: "REFUSED", problem: "NOT_FOUND", actorId: worker, occurrences: 9 });
    await look();
    expect((await raised()).filter((line) => line.includes(worker))).toEqual([]);
  });
});

describe("the report", () => {
  it("tells what people did, what was refused, what matters for security, and why the score is what it is", async () => {
    const org = await desk.addOrganisation();
    const person = randomUUID();
    await times(3, { organisationId: org, actorId: person });
    await desk.record({
      organisationId: org,
      actorId: person,
      outcome: "REFUSED",
      problem: "FORBIDDEN",
      occurrences: 4,
    });
    await desk.record({ organisationId: org, action: "audit:export", actorId: person });
    await desk.record({ organisationId: org, actorId: person, at: new Date("2025-01-01T00:00:00Z") });
    const query = `query ($id: ID, $period: PeriodInput!) { complianceReport(organisationId: $id, period: $period) {
      score dataAccesses reasons { points reason } recommendations activity { user { id } mutations refusals lastActiveAt }
      securityEvents { outcome } organisation { name } } }`;
    const period = { from: "2026-06-01T00:00:00Z", to: "2026-07-01T00:00:00Z" };
    const { data } = await desk.graph.execute(query, { id: org, period }, desk.as(desk.reseller));
    const report = data?.["complianceReport"] as Record<string, unknown>; // as asked for
    expect(report).toMatchObject({
      organisation: { name: "Added" },
      dataAccesses: 1,
      activity: [{ user: { id: person }, mutations: 4, refusals: 4, lastActiveAt: desk.now.toISOString() }],
      securityEvents: [{ outcome: "REFUSED" }],
      score: 85,
    });
    expect(report["reasons"]).toHaveLength(2);

    const refused = async (id: string, wrong: object) =>
      (await desk.graph.execute(query, { id, period: wrong }, desk.as(desk.reseller))).errors?.[0]?.extensions?.[
        "code"
      ];
    expect(await refused(desk.other, period)).toBe("NOT_FOUND");
    expect(await refused(org, { ...period, to: "2028-01-01T00:00:00Z" })).toBe("INVALID_INPUT");
  });
});
