import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { EmbeddedPostgresFault, systemCode } from "./fault.js";
import { readIfThere } from "./files.js";
import { processIdentity } from "./processes.js";

const holderShape = z.object({ pid: z.int().positive(), identity: z.string(), port: z.int().nullable() });

type Holder = z.infer<typeof holderShape>;

/** Keeps a second Tollgate away from the same data. */
export interface InstanceLock {
  release(): void;
}

/**
 * Takes the lock file of `directory` for this process.
 * A lock whose process is gone (also when its id belongs to another process by now), or which cannot be read, is taken over.
 *
 * @param port where this instance can be reached by people, told to whoever comes second
 * @throws EmbeddedPostgresFault when a living process holds it
 */
export function acquireInstanceLock(directory: string, port: number | null): InstanceLock {
  const path = join(directory, "tollgate.lock");
  const identity = processIdentity(process.pid);
  if (identity === null) throw new Error("this process cannot see itself");
  const mine = JSON.stringify({ pid: process.pid, identity, port } satisfies Holder);
  while (!placeLock(path, mine)) takeAwayStaleLock(path);
  return {
    release() {
      if (readIfThere(path) === mine) rmSync(path, { force: true });
    },
  };
}

/** A hard link appears with its content or not at all, and only one process can make it. */
function placeLock(path: string, content: string): boolean {
  const draft = draftName(path);
  writeFileSync(draft, content, { mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function takeAwayStaleLock(path: string): void {
  const seen = readIfThere(path);
  if (seen === null) return;
  refuseLivingHolder(seen);
  const moved = draftName(path);
  try {
    renameSync(path, moved);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return;
    throw error;
  }
  try {
    const taken = readFileSync(moved, "utf8");
    if (taken === seen) return;
    // Between reading and renaming somebody else took over; theirs goes back to its place.
    linkSync(moved, path);
    refuseLivingHolder(taken);
  } finally {
    rmSync(moved, { force: true });
  }
}

function refuseLivingHolder(content: string): void {
  const holder = parseHolder(content);
  if (holder === null || processIdentity(holder.pid) !== holder.identity) return;
  const where = holder.port === null ? "" : ` at http://localhost:${holder.port}`;
  throw new EmbeddedPostgresFault(`Tollgate is already running on this data (process ${holder.pid}${where}).`);
}

function parseHolder(content: string): Holder | null {
  try {
    return holderShape.safeParse(JSON.parse(content)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function draftName(path: string): string {
  return `${path}.${process.pid}-${randomBytes(4).toString("hex")}`;
}
