import os from "node:os";
import { describe, expect, it } from "vitest";
import { LinuxHost, parseDisks, parseMemory, parseNetwork, parseStat } from "./linux.js";
import { PortableHost } from "./portable.js";
import { measure } from "./rates.js";
import type { Host, HostReading } from "./reading.js";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const reading = (values: Partial<HostReading> = {}): HostReading => ({
  takenAt: 0,
  cpuBusy: 100,
  cpuTotal: 1_000,
  memoryUsedBytes: 1n,
  memoryTotalBytes: 2n,
  diskUsedBytes: 1n,
  diskTotalBytes: 2n,
  diskReadBytes: 0,
  diskWrittenBytes: 0,
  networkInBytes: 1_000,
  networkOutBytes: 0,
  load: 0.5,
  uptimeSeconds: 10n,
  ...values,
});

const hosts: [string, Host][] = [["PortableHost", new PortableHost()]];
if (os.platform() === "linux") hosts.push(["LinuxHost", new LinuxHost()]);

describe.each(hosts)("%s", (_, host) => {
  it("says what this computer is, and the same each time", async () => {
    const identity = await host.identify();
    expect(identity).toMatchObject({
      name: os.hostname(),
      vcpus: os.cpus().length,
      memoryBytes: BigInt(os.totalmem()),
    });
    expect(identity.id).toMatch(UUID);
    expect(identity.image.length).toBeGreaterThan(2);
    expect(identity.bootedAt.getTime()).toBeLessThan(Date.now());
    expect((await host.identify()).id).toBe(identity.id);
  });

  it("reads plausible values of this computer", async () => {
    const before = await host.read();
    const until = performance.now() + 150;
    let turns = 0;
    while (performance.now() < until) turns += 1; // keeps a processor busy, so that CPU must be above zero
    const sample = measure(before, await host.read());
    expect(turns).toBeGreaterThan(0);
    expect(sample.cpuPercent).toBeGreaterThan(0);
    expect(sample.cpuPercent).toBeLessThanOrEqual(100);
    expect(sample.memoryUsedBytes).toBeGreaterThan(50_000_000n);
    expect(sample.memoryUsedBytes).toBeLessThan(sample.memoryTotalBytes ?? 0n);
    expect(sample.diskUsedBytes).toBeGreaterThan(0n);
    expect(sample.diskUsedBytes).toBeLessThanOrEqual(sample.diskTotalBytes ?? 0n);
    expect(Number(sample.uptimeSeconds)).toBeCloseTo(os.uptime(), -1);
    for (const rate of [sample.networkInRate, sample.networkOutRate, sample.diskReadRate, sample.diskWriteRate]) {
      if (rate !== null) expect(rate).toBeGreaterThanOrEqual(0);
    }
  });
});

describe("readings in a row", () => {
  it("become rates by the time between them", () => {
    const sample = measure(
      reading(),
      reading({ takenAt: 2_000, cpuBusy: 150, cpuTotal: 1_200, networkInBytes: 5_000 }),
    );
    expect(sample).toMatchObject({ cpuPercent: 25, networkInRate: 2_000, networkOutRate: 0 });
  });

  it("give no rate at the first one, after a counter began anew, and where nothing was read", () => {
    expect(measure(null, reading())).toMatchObject({ cpuPercent: null, networkInRate: null, load: 0.5 });
    const later = reading({ takenAt: 2_000, networkInBytes: 10, diskReadBytes: null, cpuBusy: 5 });
    expect(measure(reading(), later)).toMatchObject({ networkInRate: null, diskReadRate: null, cpuPercent: null });
  });
});

describe("files of the system", () => {
  it("are read without counting anything twice", () => {
    expect(parseStat("cpu  10 0 20 60 10 0 0 0 10 0\ncpu0 1 1 1 1\n")).toEqual({ busy: 30, total: 100 });
    expect(parseMemory("MemTotal:  1000 kB\nMemFree: 1 kB\nMemAvailable:  400 kB\n")).toEqual({
      total: 1_024_000n,
      used: 614_400n,
    });
    const line = (name: string, received: number, sent: number) =>
      `${name}: ${received} 0 0 0 0 0 0 0 ${sent} 0 0 0 0 0 0 0`;
    expect(
      parseNetwork(
        ["Inter-| x", line("lo", 9, 9), line("eth0", 5, 6), line("docker0", 9, 9), line("eth1", 1, 2)].join("\n"),
      ),
    ).toEqual({ first: 6, second: 8 });
    const disk = (name: string) => `8 0 ${name} 1 0 4 0 1 0 2 0 0 0 0`;
    expect(parseDisks(["sda", "sda1", "loop0", "nvme0n1"].map(disk).join("\n"))).toEqual({
      first: 4_096,
      second: 2_048,
    });
  });

  it("are nothing where they are missing", () => {
    expect([parseStat(null), parseMemory(""), parseNetwork(null), parseDisks("")]).toEqual([null, null, null, null]);
  });
});
