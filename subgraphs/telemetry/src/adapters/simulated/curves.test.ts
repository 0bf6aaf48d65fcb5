import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type SimulatedMachine, simulate } from "./curves.js";
import { PROFILES, type Profile } from "./profiles.js";

const machine = (profile: Profile, id = "0198c0de-0000-7000-8000-000000000001"): SimulatedMachine => ({
  id,
  profile,
  vcpus: 4,
  memoryBytes: 8n * 2n ** 30n,
  storageBytes: 100n * 2n ** 30n,
  startedAt: new Date("2026-01-01T00:00:00Z"),
});

const profiles = Object.keys(PROFILES) as Profile[]; // the keys of a closed record
const moment = fc.date({
  min: new Date("2026-02-01T00:00:00Z"),
  max: new Date("2030-01-01T00:00:00Z"),
  noInvalidDate: true,
});

const course = (of: SimulatedMachine, from: string, hours: number, stepSeconds: number) =>
  Array.from({ length: (hours * 3_600) / stepSeconds }, (_, i) =>
    simulate(of, new Date(Date.parse(from) + i * stepSeconds * 1_000)),
  );

const average = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const cpuOf = (of: SimulatedMachine, from: string, hours: number) =>
  average(course(of, from, hours, 60).flatMap((sample) => sample?.cpuPercent ?? []));

describe("a simulated machine", () => {
  it("measures nothing absurd, at any time", () => {
    fc.assert(
      fc.property(fc.constantFrom(...profiles), fc.uuid(), moment, (profile, id, at) => {
        const of = machine(profile, id);
        const sample = simulate(of, at);
        if (!sample) return;
        expect(sample.cpuPercent).toBeGreaterThan(0);
        expect(sample.cpuPercent).toBeLessThanOrEqual(100);
        expect(sample.memoryUsedBytes).toBeGreaterThan(0n);
        expect(sample.memoryUsedBytes).toBeLessThan(of.memoryBytes);
        expect(sample.diskUsedBytes).toBeGreaterThan(0n);
        expect(sample.diskUsedBytes).toBeLessThan(of.storageBytes);
        for (const rate of [
          sample.diskReadRate,
          sample.diskWriteRate,
          sample.networkInRate,
          sample.networkOutRate,
          sample.load,
        ]) {
          expect(rate).toBeGreaterThanOrEqual(0);
          expect(rate).toBeLessThan(1e9);
        }
        expect(sample.uptimeSeconds).toBeGreaterThanOrEqual(0n);
      }),
    );
  });

  it("measures the same at the same moment, whoever asks and in whatever order", () => {
    const at = new Date("2026-11-20T10:00:00Z");
    const once = simulate(machine("web"), at);
    simulate(machine("database", randomUUID()), new Date(at.getTime() - 1));
    expect(simulate(machine("web"), at)).toEqual(once);
    expect(simulate(machine("web", "0198c0de-0000-7000-8000-000000000002"), at)).not.toEqual(once);
  });

  it("moves without jumps from one sample to the next", () => {
    for (const profile of profiles) {
      const samples = course(machine(profile), "2026-11-16T00:00:00Z", 24, 5);
      for (const [i, sample] of samples.entries()) {
        const before = samples[i - 1];
        if (!sample || !before) continue;
        expect(Math.abs((sample.cpuPercent ?? 0) - (before.cpuPercent ?? 0))).toBeLessThan(25);
      }
    }
  });

  it("is busier by day than by night, and on working days than at the weekend", () => {
    const web = machine("web");
    const friday = cpuOf(web, "2026-11-20T11:00:00Z", 4);
    expect(friday).toBeGreaterThan(2 * cpuOf(web, "2026-11-20T00:00:00Z", 3));
    expect(friday).toBeGreaterThan(1.2 * cpuOf(web, "2026-11-21T11:00:00Z", 4));
    expect(cpuOf(machine("idle"), "2026-11-20T11:00:00Z", 4)).toBeLessThan(10);
  });

  it("lets the network follow the CPU", () => {
    const samples = course(machine("web"), "2026-11-20T00:00:00Z", 24, 60).flatMap((sample) => sample ?? []);
    const sorted = samples.sort((a, b) => (a.cpuPercent ?? 0) - (b.cpuPercent ?? 0));
    const traffic = (part: typeof samples) => average(part.map((sample) => sample.networkInRate ?? 0));
    expect(traffic(sorted.slice(-200))).toBeGreaterThan(3 * traffic(sorted.slice(0, 200)));
  });

  it("uses ever more memory until it restarts, and ever more disk until somebody tidies up", () => {
    const samples = course(machine("database"), "2026-10-01T00:00:00Z", 24 * 40, 3_600).flatMap(
      (sample) => sample ?? [],
    );
    const turns = (values: bigint[], share: number) =>
      values.filter((value, i) => Number(value) < Number(values[i - 1] ?? 0n) * share).length;
    const restarts = turns(
      samples.map((sample) => sample.uptimeSeconds ?? 0n),
      0.9,
    );
    expect(restarts).toBeGreaterThanOrEqual(3);
    expect(restarts).toBeLessThanOrEqual(10);
    const tidied = turns(
      samples.map((sample) => sample.diskUsedBytes ?? 0n),
      0.95,
    );
    expect(tidied).toBeGreaterThanOrEqual(1);
    expect(tidied).toBeLessThanOrEqual(2);
  });

  it("is out of order rarely, for some minutes", () => {
    const machines = Array.from({ length: 20 }, (_, i) => machine("web", `machine ${i}`));
    const samples = machines.flatMap((of) => course(of, "2026-11-01T00:00:00Z", 24 * 20, 60));
    const share = samples.filter((sample) => sample === null).length / samples.length;
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThan(0.002);
  });
});
