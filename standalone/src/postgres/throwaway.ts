import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canReach, giveTo, serverAccount } from "./account.js";
import { provideBinaries } from "./binaries.js";
import { EmbeddedPostgresFault, explainServerOutput } from "./fault.js";
import { readIfThere } from "./files.js";
import { initialiseCluster, SERVER_ENVIRONMENT } from "./initialise.js";
import { freePort, readPostmasterFile } from "./postmaster.js";
import { until } from "./processes.js";

export interface TestPostgres {
  /** Of the superuser, on 127.0.0.1. */
  readonly url: string;
  readonly port: number;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

/**
 * The shell between us and the server: when its input ends, because we say so or because we were killed, it ends the
 * server at once and removes the data.
 */
const GUARD = `directory=$1; shift
trap "" INT TERM HUP
"$@" </dev/null >"$directory/log" 2>&1 &
server=$!
cat >/dev/null
kill -QUIT $server 2>/dev/null
wait $server
cd / && rm -rf "$directory"`;

/**
 * A PostgreSQL for one test run: in the system's temporary directory, without a single flush to the disk, gone with
 * this process however it ends.
 */
export async function startTestPostgres(): Promise<TestPostgres> {
  const directory = mkdtempSync(join(tmpdir(), "tollgate-test-postgresql-"));
  const account = serverAccount(directory);
  giveTo(account, directory);
  if (account !== null && !canReach(account, directory)) {
    throw new EmbeddedPostgresFault(
      `PostgreSQL does not run as root, and another user cannot reach ${tmpdir()}; set TMPDIR.`,
    );
  }
  const binaries = provideBinaries(account);
  const data = join(directory, "data");
  const password = randomBytes(12).toString("hex");
  await initialiseCluster({ binaries, account, data, password, durable: false });
  const port = await freePort(null);
  const server = [join(binaries, "bin", "postgres"), "-D", data, ...settings(port)];
  const guard = spawn("/bin/sh", ["-c", GUARD, "guard", directory, ...server], {
    ...account,
    cwd: "/",
    env: SERVER_ENVIRONMENT,
    // Of its own session: a Ctrl-C ends the tests first, and their end ends the server.
    detached: true,
    stdio: ["pipe", "ignore", "pipe"],
  });
  const exit = new Promise<void>((done, reject) => guard.on("error", reject).on("exit", () => done()));
  const serving = () => readPostmasterFile(data)?.status === "ready";
  if (!(await until(() => serving() || guard.exitCode !== null, 60_000)) || !serving()) {
    const words = readIfThere(join(directory, "log")) ?? "";
    guard.stdin.end();
    throw explainServerOutput(words, directory);
  }
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    port,
    async stop() {
      guard.stdin.end();
      await exit;
    },
  };
}

function settings(port: number): string[] {
  const values: Record<string, string | number> = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: 300,
    shared_buffers: "256MB",
    timezone: "UTC",
    fsync: "off",
    synchronous_commit: "off",
    full_page_writes: "off",
    autovacuum_naptime: "10min",
    max_wal_size: "4GB",
  };
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}
