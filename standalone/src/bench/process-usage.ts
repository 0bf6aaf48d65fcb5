import { readdirSync, readFileSync } from "node:fs";

/** What a process and all below it have used. From /proc, so on Linux only. */
export interface Usage {
  /** CPU time in milliseconds, of user and system. */
  cpu: number;
  /** Memory that is resident, in megabytes, of each process by the end of its command. */
  memory: Map<string, number>;
}

/** Linux counts in hundredths of a second, whatever the machine. */
const MILLISECONDS_PER_TICK = 10;

/** @param named whether a process belongs to what is measured: PostgreSQL, say, may not. */
export const usageOf = (pid: number, named: (command: string) => boolean): Usage => {
  const usage: Usage = { cpu: 0, memory: new Map() };
  for (const each of treeOf(pid)) {
    const { command, ticks, megabytes } = readProcess(each);
    if (!named(command)) continue;
    usage.cpu += ticks * MILLISECONDS_PER_TICK;
    usage.memory.set(command, megabytes);
  }
  return usage;
};

const treeOf = (pid: number): number[] => {
  const parents = new Map<number, number>();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const parent = parentOf(Number(entry));
    if (parent !== null) parents.set(Number(entry), parent);
  }
  const found = [pid];
  for (const each of found) for (const [child, parent] of parents) if (parent === each) found.push(child);
  return found;
};

/** Null for a process that ended meanwhile. */
const parentOf = (pid: number): number | null => {
  const fields = statOf(pid);
  return fields === null ? null : Number(fields[1]);
};

const readProcess = (pid: number) => {
  const fields = statOf(pid) ?? [];
  const command = textOf(`/proc/${pid}/cmdline`).split("\0").filter(Boolean).at(-1) ?? "";
  const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(textOf(`/proc/${pid}/status`))?.[1] ?? 0);
  return { command, ticks: Number(fields[11] ?? 0) + Number(fields[12] ?? 0), megabytes: kilobytes / 1024 };
};

/** The fields after the name, which is in brackets and may hold anything: state, parent, … */
const statOf = (pid: number): string[] | null => {
  const text = textOf(`/proc/${pid}/stat`);
  return text === "" ? null : text.slice(text.lastIndexOf(")") + 2).split(" ");
};

const textOf = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // it ended meanwhile
  }
};
