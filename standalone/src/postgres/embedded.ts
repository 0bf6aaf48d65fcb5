import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Logger } from "pino";
import { serverAccount } from "./account.js";
import { adoptPostmaster, checkPassword } from "./adopt.js";
import { POSTGRES_MAJOR, provideBinaries } from "./binaries.js";
import { EmbeddedPostgresFault, explainSystemError } from "./fault.js";
import { readIfThere, renameDurably, writeDurably } from "./files.js";
import { initialiseCluster } from "./initialise.js";
import { acquireInstanceLock } from "./instance-lock.js";
import { freePort, type Launch, launchPostmaster, type Postmaster, stopPostmaster } from "./postmaster.js";
import { superviseServer } from "./supervise.js";

export interface EmbeddedPostgresOptions {
  /** Where data, password, log and lock live, such as `.tollgate/pg18`; made when missing. */
  directory: string;
  logger: Pick<Logger, "info" | "warn" | "error">;
  /** False gives up safety against a crash of the computer: for demonstrations that are thrown away, never for data. */
  durable: boolean;
  /** The port that people reach this Tollgate at; a second instance on the same data tells it. */
  servedAt?: number;
  /** A line for the person who waits. */
  onProgress?: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** Of the superuser, on 127.0.0.1. A secret. */
  readonly url: string;
  readonly port: number;
  /** Process id of the server at this moment; it is another one after a crash. */
  readonly pid: number;
  /** Whether the server of an earlier, killed Tollgate was taken over. */
  readonly adopted: boolean;
  /** Ends the server and gives the directory free. Nothing of it runs afterwards. */
  stop(): Promise<void>;
}

/**
 * Starts (or takes over) the PostgreSQL of a directory. While it runs it is watched, and started again should it die.
 *
 * @throws EmbeddedPostgresFault with one sentence: already running, disk full, no permission, another version's data …
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const directory = resolve(options.directory);
  if (process.platform === "win32") {
    throw new EmbeddedPostgresFault("The embedded PostgreSQL needs Linux or macOS; on Windows set DATABASE_URL.");
  }
  try {
    return await startIn(directory, options);
  } catch (error) {
    throw explainSystemError(error, directory);
  }
}

async function startIn(directory: string, options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  mkdirSync(dirname(directory), { recursive: true });
  // Others may pass through (the server's account has to), but see nothing: what is in it is closed by itself.
  mkdirSync(directory, { recursive: true, mode: 0o711 });
  const lock = acquireInstanceLock(directory, options.servedAt ?? null);
  try {
    const { launch, server, password, adopted } = await openCluster(directory, options);
    const watched = superviseServer({ server, launch, logger: options.logger });
    return {
      url: `postgres://postgres:${password}@127.0.0.1:${server.port}/postgres`,
      port: server.port,
      get pid() {
        return watched.pid();
      },
      adopted,
      async stop() {
        await watched.stop();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

interface OpenCluster {
  launch: Launch;
  server: Postmaster;
  password: string;
  adopted: boolean;
}

async function openCluster(directory: string, options: EmbeddedPostgresOptions): Promise<OpenCluster> {
  const progress = options.onProgress ?? (() => undefined);
  const data = join(directory, "data");
  refuseOtherVersion(data);
  const account = serverAccount(directory);
  const binaries = provideBinaries(account);
  const password = storedPassword(directory, existsSync(data));
  const { durable } = options;
  if (!existsSync(data)) {
    progress("Making the database (once) …");
    const draft = `${data}.draft`;
    // What an interrupted start left.
    rmSync(draft, { recursive: true, force: true });
    await initialiseCluster({ binaries, account, data: draft, password, durable });
    renameDurably(draft, data);
  }
  const adopted = await adoptPostmaster({ binaries, data, password, durable });
  const onWaiting = (seconds: number) => progress(`The database recovers from an interruption … ${seconds} s`);
  const common = { binaries, account, data, log: join(directory, "log"), durable, onWaiting };
  const server = adopted ?? (await launchOnFreePort(directory, common));
  options.logger.info({ pid: server.pid, port: server.port, adopted: adopted !== null }, "embedded PostgreSQL runs");
  if (adopted === null) {
    await checkPassword(server.port, password, directory).catch(async (error: unknown) => {
      await stopPostmaster(server);
      throw error;
    });
  }
  return { launch: { ...common, port: server.port }, server, password, adopted: adopted !== null };
}

async function launchOnFreePort(directory: string, launch: Omit<Launch, "port">): Promise<Postmaster> {
  const file = join(directory, "port");
  const recorded = Number(readIfThere(file)?.trim() || Number.NaN);
  const port = await freePort(Number.isInteger(recorded) && recorded > 0 && recorded < 65536 ? recorded : null);
  const server = await launchPostmaster({ ...launch, port });
  if (port !== recorded) writeFileSync(file, `${port}\n`);
  return server;
}

/** @throws EmbeddedPostgresFault when another major version made the data */
function refuseOtherVersion(data: string): void {
  const version = existsSync(data) ? readIfThere(join(data, "PG_VERSION"))?.trim() : POSTGRES_MAJOR;
  if (version === POSTGRES_MAJOR) return;
  throw new EmbeddedPostgresFault(
    version === undefined
      ? `${data} holds no database of Tollgate; move it away and start again.`
      : `${data} was made by PostgreSQL ${version}, this is PostgreSQL ${POSTGRES_MAJOR}: export it with the version that made it.`,
  );
}

/** Written before the data is made, so that data without its password cannot come from an interruption. */
function storedPassword(directory: string, dataExists: boolean): string {
  const file = join(directory, "password");
  const stored = readIfThere(file)?.trim();
  if (stored !== undefined && stored !== "") return stored;
  if (dataExists) {
    throw new EmbeddedPostgresFault(`The password file of the database, ${file}, is missing; bring it back.`);
  }
  const made = randomBytes(24).toString("hex");
  writeDurably(file, `${made}\n`, 0o600);
  return made;
}
