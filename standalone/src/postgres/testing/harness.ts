import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { z } from "zod";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../embedded.js";
import { serversOf, signal, until } from "../processes.js";

const quiet = () => undefined;
const root = fileURLToPath(new URL("../../../..", import.meta.url));
const reportShape = z.union([
  z.object({ url: z.string(), pid: z.number().nullable() }),
  z.object({ refused: z.string() }),
]);

/** Directories, servers and child processes of one test; `clear` leaves none of them. */
export class Harness {
  readonly #directories: string[] = [];
  readonly #children: ChildProcess[] = [];
  readonly #servers: EmbeddedPostgres[] = [];

  directory(base = tmpdir()): string {
    const made = mkdtempSync(join(base, "tollgate-embedded-"));
    this.#directories.push(made);
    return join(made, "pg18");
  }

  async start(directory: string): Promise<EmbeddedPostgres> {
    const logger = { info: quiet, warn: quiet, error: quiet };
    const server = await startEmbeddedPostgres({ directory, logger, durable: true, servedAt: 4000 });
    this.#servers.push(server);
    return server;
  }

  /** The same in a process of its own, with its first words. */
  async startChild(directory: string): Promise<{ child: ChildProcess; report: z.infer<typeof reportShape> }> {
    const script = fileURLToPath(new URL("./instance.ts", import.meta.url));
    const argv = ["--conditions=tollgate-src", "--import", "tsx", script, directory];
    const child = spawn(process.execPath, argv, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
    this.#children.push(child);
    const [line] = await once(createInterface({ input: child.stdout }), "line");
    return { child, report: reportShape.parse(JSON.parse(String(line))) };
  }

  async kill(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }

  async clear(): Promise<void> {
    for (const child of this.#children) await this.kill(child);
    for (const server of this.#servers) await server.stop();
    for (const made of this.#directories) {
      await killServers(join(made, "pg18"));
      rmSync(made, { recursive: true, force: true });
    }
  }
}

/** As a power cut would: postmaster and backends at once. */
export async function killServers(directory: string): Promise<void> {
  const data = join(directory, "data");
  const left = () => (existsSync(data) ? serversOf(data) : []);
  for (const pid of left()) signal(pid, "SIGKILL");
  await until(() => left().length === 0, 10_000);
}

/** Runs `work` with a client of its own. */
export async function withClient<Result>(url: string, work: (sql: postgres.Sql) => Promise<Result>): Promise<Result> {
  const sql = postgres(url, { max: 1, onnotice: quiet });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
