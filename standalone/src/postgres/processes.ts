import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { systemCode } from "./fault.js";

/**
 * What tells a process from a later one with the same id: its start time, and on Linux the boot that it belongs to.
 * Null when no such process runs (a zombie does not run).
 */
export function processIdentity(pid: number): string | null {
  return process.platform === "linux" ? linuxIdentity(pid) : psIdentity(pid);
}

function linuxIdentity(pid: number): string | null {
  const status = readOrNull(`/proc/${pid}/stat`);
  if (status === null) return null;
  // The name in parentheses may contain anything, so fields are counted from its end: state is the 3rd, start the 22nd.
  const fields = status.slice(status.lastIndexOf(")") + 2).split(" ");
  if (fields[0] === "Z" || fields[0] === "X") return null;
  return `${readOrNull("/proc/sys/kernel/random/boot_id")?.trim() ?? ""}/${fields[19] ?? ""}`;
}

function psIdentity(pid: number): string | null {
  try {
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim() || null;
  } catch (error) {
    // `ps` answers with exit code 1 when there is no such process.
    if (error instanceof Error && "status" in error && error.status === 1) return null;
    throw error;
  }
}

/** Ids of the PostgreSQL processes of a data directory, the postmaster's and its backends'. Linux only, else empty. */
export function serversOf(data: string): number[] {
  if (process.platform !== "linux") return [];
  const real = realpathSync(data);
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => workingDirectory(pid) === real && isPostgres(pid) && processIdentity(pid) !== null);
}

/** Somebody's shell may stand in the directory, too. */
function isPostgres(pid: number): boolean {
  return readOrNull(`/proc/${pid}/comm`)?.trim() === "postgres";
}

function workingDirectory(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch (error) {
    if (["ENOENT", "ESRCH", "EACCES", "EPERM"].includes(systemCode(error) ?? "")) return null;
    throw error;
  }
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (["ENOENT", "ESRCH", "EACCES"].includes(systemCode(error) ?? "")) return null;
    throw error;
  }
}

/** Asks `condition` every 20 ms until it holds. False when `limit` milliseconds went by before. */
export async function until(condition: () => boolean, limit = Number.POSITIVE_INFINITY): Promise<boolean> {
  const end = performance.now() + limit;
  while (!condition()) {
    if (performance.now() > end) return false;
    await delay(20);
  }
  return true;
}

/** Sends a signal; a process that is gone already is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (systemCode(error) !== "ESRCH") throw error;
  }
}
