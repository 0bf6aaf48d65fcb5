import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { EmbeddedPostgresFault } from "./fault.js";
import { isAlive, type Postmaster, readPostmasterFile, stopPostmaster } from "./postmaster.js";
import { processIdentity, serversOf, until } from "./processes.js";

export interface Adoption {
  binaries: string;
  data: string;
  password: string;
  durable: boolean;
}

/**
 * The server of this directory that a killed Tollgate left behind, when it still serves and is the version that we
 * would start. Null when a server has to be launched; then nothing of an earlier one is in the way any more.
 *
 * @throws EmbeddedPostgresFault when something that works in the directory does not end
 */
export async function adoptPostmaster(adoption: Adoption): Promise<Postmaster | null> {
  const { data } = adoption;
  const found = findPostmaster(data);
  if (found !== null) {
    // One that is starting or stopping becomes ready or ends by itself; both are worth waiting for.
    await until(() => !isAlive(found) || readPostmasterFile(data)?.status === "ready", 60_000);
    if (isAlive(found)) {
      if (await servesAsWeWould(found.port, adoption)) return found;
      await stopPostmaster(found);
    }
  }
  await clearRemains(data);
  return null;
}

/** On Linux a living process with the recorded id counts only when it works in the data directory: ids are used again. */
function findPostmaster(data: string): Postmaster | null {
  const file = readPostmasterFile(data);
  const identity = file === null ? null : processIdentity(file.pid);
  if (file === null || identity === null) return null;
  if (process.platform === "linux" && !serversOf(data).includes(file.pid)) return null;
  return { pid: file.pid, identity, port: file.port };
}

/** The stored password is random, so whoever accepts it is the server of this directory. */
async function servesAsWeWould(port: number, { binaries, password, durable }: Adoption): Promise<boolean> {
  const sql = oneConnection(port, password);
  try {
    const [row] = await sql<{ version: string; fsync: string }[]>`
      select current_setting('server_version') as version, current_setting('fsync') as fsync`;
    return row?.fsync === (durable ? "on" : "off") && versionOf(binaries).includes(row.version);
  } catch {
    // Whatever keeps it from answering (a foreign process on that port, a server in trouble), it is not one to adopt.
    return false;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** A client for a question or two to the server itself. */
function oneConnection(port: number, password: string): postgres.Sql {
  const options = { host: "127.0.0.1", port, user: "postgres", password, database: "postgres" };
  return postgres({ ...options, max: 1, connect_timeout: 10, onnotice: () => undefined });
}

/**
 * Makes sure that the server takes the stored password.
 *
 * @throws EmbeddedPostgresFault when it does not, say because only one of the two came back from a backup
 */
export async function checkPassword(port: number, password: string, directory: string): Promise<void> {
  const sql = oneConnection(port, password);
  try {
    await sql`select 1`;
  } catch (cause) {
    if (!(cause instanceof postgres.PostgresError) || cause.code !== "28P01") throw cause;
    const sentence = `The password file in ${directory} is not the one that its database was made with; bring it back.`;
    throw new EmbeddedPostgresFault(sentence, { cause });
  } finally {
    await sql.end({ timeout: 5 });
  }
}

function versionOf(binaries: string): string {
  return execFileSync(join(binaries, "bin", "postgres"), ["--version"], { encoding: "utf8" });
}

/**
 * Makes way for a launch: backends outlive a killed postmaster by a moment, and a pid file whose id belongs to another
 * process by now would stop it.
 *
 * @throws EmbeddedPostgresFault when a server that is left over does not end
 */
export async function clearRemains(data: string): Promise<void> {
  if (!(await until(() => serversOf(data).length === 0, 30_000))) {
    const [pid] = serversOf(data);
    throw new EmbeddedPostgresFault(
      `A PostgreSQL that was left over (process ${pid}) still works in ${data}; end it and start again.`,
    );
  }
  if (process.platform === "linux") rmSync(join(data, "postmaster.pid"), { force: true });
}
