import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { type Account, giveTo } from "./account.js";
import { explainServerOutput } from "./fault.js";
import { readIfThere } from "./files.js";
import { openHandle } from "./handle.js";
import { SERVER_ENVIRONMENT } from "./initialise.js";
import { processIdentity, signal, until } from "./processes.js";

/** A PostgreSQL server process: the one that all its backends descend from. */
export interface Postmaster {
  pid: number;
  /** See processIdentity. */
  identity: string;
  port: number;
}

/** What postmaster.pid in the data directory says; it stays behind after a kill. */
export interface PostmasterFile {
  pid: number;
  port: number;
  /** `starting`, `ready`, `stopping` …; empty very early. */
  status: string;
}

export interface Launch {
  binaries: string;
  account: Account | null;
  data: string;
  log: string;
  port: number;
  durable: boolean;
  /** Called every 10 seconds while the server is still recovering. */
  onWaiting?: (seconds: number) => void;
}

/** The pid file of the data directory, or null when there is none or it is not whole yet. */
export function readPostmasterFile(data: string): PostmasterFile | null {
  const lines = readIfThere(join(data, "postmaster.pid"))?.split("\n");
  const [pid, port] = [Number(lines?.[0]), Number(lines?.[3])];
  if (lines === undefined || !Number.isInteger(pid) || pid <= 0) return null;
  return { pid, port, status: lines[7]?.trim() ?? "" };
}

/**
 * Starts a server on a closed-over directory and waits until it answers, also through a crash recovery.
 * It is a session leader: a Ctrl-C in the terminal must reach Tollgate alone, which ends the server when it has drained.
 *
 * @throws EmbeddedPostgresFault with the server's own reason
 */
export async function launchPostmaster(launch: Launch): Promise<Postmaster> {
  const { account, data, log } = launch;
  mkdirSync(log, { recursive: true, mode: 0o700 });
  giveTo(account, log);
  const startedAt = Date.now();
  const output = openSync(join(log, "start.log"), "w", 0o600);
  const handle = openHandle(account, data);
  let child: ReturnType<typeof spawn>;
  try {
    child = spawn(join(launch.binaries, "bin", "postgres"), ["-D", handle.name, ...settings(launch)], {
      ...account,
      cwd: "/",
      env: SERVER_ENVIRONMENT,
      detached: true,
      stdio: ["ignore", output, output, ...handle.descriptors],
    });
  } finally {
    closeSync(output);
    handle.close();
  }
  let failure: Error | null = null;
  child.on("error", (error) => {
    failure = error;
  });
  child.unref();
  const ended = () => failure !== null || child.exitCode !== null || child.signalCode !== null;
  const ready = () => isReady(data, child.pid);
  for (let seconds = 10; !(await until(() => ended() || ready(), 10_000)); seconds += 10) launch.onWaiting?.(seconds);
  if (failure !== null) throw failure;
  const identity = child.pid === undefined ? null : processIdentity(child.pid);
  if (ended() || child.pid === undefined || identity === null) {
    throw explainServerOutput(writtenSince(log, startedAt), data);
  }
  return { pid: child.pid, identity, port: launch.port };
}

function isReady(data: string, pid: number | undefined): boolean {
  const file = readPostmasterFile(data);
  return file !== null && file.pid === pid && file.status === "ready";
}

/** Settings go on the command line, so that a new version of Tollgate changes them in old data directories, too. */
function settings({ port, durable }: Launch): string[] {
  const values: Record<string, string | number> = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: 200,
    shared_buffers: "128MB",
    timezone: "UTC",
    log_timezone: "UTC",
    logging_collector: "on",
    log_directory: "../log",
    log_filename: "postgresql-%a.log",
    log_rotation_age: "1d",
    log_truncate_on_rotation: "on",
    log_checkpoints: "off",
    ...(durable ? { fsync: "on" } : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
  };
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

function writtenSince(log: string, time: number): string {
  return readdirSync(log)
    .map((name) => join(log, name))
    .filter((path) => statSync(path).mtimeMs >= time - 1000)
    .map((path) => readFileSync(path, "utf8").slice(-4000))
    .join("\n");
}

/** Whether this very process still runs, not a later one with its id. */
export function isAlive(postmaster: Postmaster): boolean {
  return processIdentity(postmaster.pid) === postmaster.identity;
}

/**
 * Ends the server: connections are closed and everything is written (fast shutdown); should that take more than 60 s,
 * at once (the next start then recovers from the log).
 */
export async function stopPostmaster(postmaster: Postmaster): Promise<void> {
  const gone = () => !isAlive(postmaster);
  if (gone()) return;
  signal(postmaster.pid, "SIGINT");
  if (await until(gone, 60_000)) return;
  signal(postmaster.pid, "SIGQUIT");
  if (await until(gone, 10_000)) return;
  throw new Error(`PostgreSQL (process ${postmaster.pid}) does not end`);
}

/** `preferred` when nobody listens there, else any free port of this machine. */
export async function freePort(preferred: number | null): Promise<number> {
  return (preferred === null ? null : await tryPort(preferred)) ?? (await tryPort(0)) ?? Promise.reject(noPort());
}

function noPort(): Error {
  return new Error("this machine has no free port");
}

function tryPort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(null));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? (address?.port ?? null) : null));
    });
  });
}
