import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Tollgate in a process of its own, from its sources, with what it said. */
export class Instance {
  output = "";
  private readonly child: ChildProcess;
  private readonly exited: Promise<number | null>;

  constructor(environment: NodeJS.ProcessEnv) {
    const args = ["--conditions=tollgate-src", "--import", "tsx", "standalone/src/main.ts"];
    // Of the surrounding environment only what programs need to run at all.
    const { PATH, HOME, TMPDIR } = process.env;
    this.child = spawn(process.execPath, args, {
      cwd: root,
      env: { PATH, HOME, TMPDIR, TSX_TSCONFIG_PATH: join(root, "tsconfig.base.json"), ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        this.output += chunk.toString();
      });
    }
    this.exited = once(this.child, "exit").then(([code]) => code as number | null); // what `exit` carries first
  }

  /** The address once it is ready. @throws with all it said when it ended before. */
  async ready(): Promise<string> {
    for (;;) {
      const address = /^Tollgate is ready at (\S+)$/m.exec(this.output)?.[1];
      if (address) return address;
      if (this.child.exitCode !== null || this.child.signalCode !== null) throw new Error(`it ended: ${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** Sends a signal. @returns the exit code, null when the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return this.exited;
  }

  /** The exit code of a process that ends by itself. */
  code(): Promise<number | null> {
    return this.exited;
  }
}

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
};

/** The process id of the PostgreSQL of a data directory. */
export const postmasterOf = (dataDirectory: string): number =>
  Number(readFileSync(join(dataDirectory, "pg18", "data", "postmaster.pid"), "utf8").split("\n", 1)[0]);
