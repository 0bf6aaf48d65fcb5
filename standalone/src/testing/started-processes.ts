import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createDatabase, TEST_SECRET } from "@tollgate/kit/testing";
import { builtEntries } from "../distributed/entries.js";
import { type Processes, startProcesses } from "../distributed/processes.js";
import { readSettings } from "../process/environment.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Tollgate as processes of its own on a fresh database with demo data, for tests. */
export class StartedProcesses {
  private constructor(
    readonly processes: Processes,
    readonly stop: () => Promise<void>,
    private readonly clear: () => Promise<void>,
  ) {}

  static async start(serverUrl: string): Promise<StartedProcesses> {
    // The programs are the built ones: seven of them would start from sources too slowly.
    await promisify(execFile)(join(root, "node_modules", ".bin", "tsc"), ["-b"], { cwd: root });
    const [database, folder] = await Promise.all([
      createDatabase(serverUrl),
      mkdtemp(join(tmpdir(), "tollgate-processes-")),
    ]);
    const settings = readSettings({
      PORT: "0",
      DATABASE_URL: database.url,
      TOLLGATE_DATA: folder,
      TOLLGATE_SECRET: TEST_SECRET,
      TELEMETRY_SAMPLE_SECONDS: "1",
      TELEMETRY_HOST_SECONDS: "1",
      DATABASE_CONNECTIONS: "4",
      DEMO_HISTORY_DAYS: "0",
      LOG_LEVEL: "warn",
    });
    const { ready, stop } = startProcesses(settings, () => undefined, 0, builtEntries);
    const clear = async () => {
      await stop();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    };
    try {
      return new StartedProcesses(await ready, stop, clear);
    } catch (error) {
      await clear();
      throw error;
    }
  }

  get url(): string {
    return this.processes.url;
  }

  /** Stops everything and leaves nothing. */
  release(): Promise<void> {
    return this.clear();
  }
}
