import { readdir, statfs } from "node:fs/promises";
import type { Disk } from "../../machines/machine.js";
import { identityOf, systemFile } from "./identity.js";
import type { Host, HostIdentity, HostReading } from "./reading.js";

const SECTOR_BYTES = 512;
/** Interfaces that carry what others carry already: loopback, bridges, containers, tunnels. */
const VIRTUAL_INTERFACE = /^(lo|veth|docker|br-|virbr|cni|flannel|cali|tap|tun|wg|ifb|dummy|bond_slave)/;
/** Whole disks; partitions would count twice, loops and memory disks are no disks. */
const WHOLE_DISK = /^(sd[a-z]+|vd[a-z]+|xvd[a-z]+|hd[a-z]+|nvme\d+n\d+|mmcblk\d+)$/;

const numbers = (line: string): number[] => line.trim().split(/\s+/).map(Number);

/** Busy and total ticks of all processors together, from /proc/stat; waiting for disks is no work. */
export const parseStat = (text: string | null): { busy: number; total: number } | null => {
  const line = text?.split("\n").find((candidate) => candidate.startsWith("cpu "));
  if (!line) return null;
  // Guest time, from the ninth on, is part of user time already.
  const ticks = numbers(line.slice(4)).slice(0, 8);
  const total = ticks.reduce((sum, value) => sum + value, 0);
  const [idle = 0, waiting = 0] = ticks.slice(3, 5);
  return Number.isFinite(total) ? { busy: total - idle - waiting, total } : null;
};

/** Bytes used (what programs could not get) and in total, from /proc/meminfo. */
export const parseMemory = (text: string | null): { used: bigint; total: bigint } | null => {
  const kibibytes = (name: string) => text?.match(new RegExp(`^${name}:\\s+(\\d+) kB`, "m"))?.[1];
  const [total, available] = [kibibytes("MemTotal"), kibibytes("MemAvailable")];
  if (!total || !available) return null;
  return { total: BigInt(total) * 1_024n, used: (BigInt(total) - BigInt(available)) * 1_024n };
};

const sums = (rows: readonly [number, number][]): { first: number; second: number } | null =>
  rows.length === 0
    ? null
    : { first: rows.reduce((sum, row) => sum + row[0], 0), second: rows.reduce((sum, row) => sum + row[1], 0) };

/** Bytes received and sent by real interfaces, from /proc/net/dev. */
export const parseNetwork = (text: string | null): { first: number; second: number } | null =>
  sums(
    (text ?? "").split("\n").flatMap((line): [number, number][] => {
      const [name, counters] = line.split(":");
      if (!name || !counters || VIRTUAL_INTERFACE.test(name.trim())) return [];
      const values = numbers(counters);
      return [[values[0] ?? Number.NaN, values[8] ?? Number.NaN]];
    }),
  );

/** Bytes read and written by whole disks, from /proc/diskstats. */
export const parseDisks = (text: string | null): { first: number; second: number } | null =>
  sums(
    (text ?? "").split("\n").flatMap((line): [number, number][] => {
      const fields = line.trim().split(/\s+/);
      if (!WHOLE_DISK.test(fields[2] ?? "")) return [];
      return [[Number(fields[5]) * SECTOR_BYTES, Number(fields[9]) * SECTOR_BYTES]];
    }),
  );

const firstNumber = (text: string | null): number | null => {
  const value = Number.parseFloat(text ?? "");
  return Number.isFinite(value) ? value : null;
};

/** The file system of `/`; what is reserved for the administrator counts as used by nobody. */
const rootFileSystem = async (): Promise<{ used: bigint; total: bigint } | null> => {
  try {
    const { blocks, bfree, bavail, bsize } = await statfs("/", { bigint: true });
    return { used: (blocks - bfree) * bsize, total: (blocks - bfree + bavail) * bsize };
  } catch {
    return null;
  }
};

const storageClass = async (): Promise<Disk["storage"]> => {
  const names = (await readdir("/sys/block").catch(() => [])).filter((name) => WHOLE_DISK.test(name));
  if (names.some((name) => name.startsWith("nvme"))) return "NVME";
  const turning = await Promise.all(names.map((name) => systemFile(`/sys/block/${name}/queue/rotational`)));
  return turning.some((flag) => flag?.trim() === "0") ? "SSD" : "STANDARD";
};

/** A Linux computer through /proc: a reading takes a fraction of a millisecond and starts no process. */
export class LinuxHost implements Host {
  async identify(): Promise<HostIdentity> {
    const [release, root, storage] = await Promise.all([
      systemFile("/etc/os-release"),
      rootFileSystem(),
      storageClass(),
    ]);
    const image = release?.match(/^PRETTY_NAME="?([^"\n]+)"?/m)?.[1] ?? "Linux";
    return identityOf({ image, disks: root ? [{ name: "/", sizeBytes: root.total, storage }] : [] });
  }

  async read(): Promise<HostReading> {
    const files = ["/proc/stat", "/proc/meminfo", "/proc/net/dev", "/proc/diskstats", "/proc/loadavg", "/proc/uptime"];
    const [root, ...texts] = await Promise.all([rootFileSystem(), ...files.map(systemFile)]);
    const [stat = null, meminfo = null, net = null, diskstats = null, loadavg = null, uptime = null] = texts;
    const [cpu, memory, network, disks] = [
      parseStat(stat),
      parseMemory(meminfo),
      parseNetwork(net),
      parseDisks(diskstats),
    ];
    const seconds = firstNumber(uptime);
    return {
      takenAt: performance.now(),
      cpuBusy: cpu?.busy ?? null,
      cpuTotal: cpu?.total ?? null,
      memoryUsedBytes: memory?.used ?? null,
      memoryTotalBytes: memory?.total ?? null,
      diskUsedBytes: root?.used ?? null,
      diskTotalBytes: root?.total ?? null,
      diskReadBytes: disks?.first ?? null,
      diskWrittenBytes: disks?.second ?? null,
      networkInBytes: network?.first ?? null,
      networkOutBytes: network?.second ?? null,
      load: firstNumber(loadavg),
      uptimeSeconds: seconds === null ? null : BigInt(Math.floor(seconds)),
    };
  }
}
