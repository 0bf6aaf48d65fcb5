import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Logger } from "@tollgate/kit/process";

export interface ProgramOptions {
  entry: string;
  /** Node's own arguments. */
  argv: readonly string[];
  /** All that it knows of the environment, beside what programs need to run at all. */
  environment: Readonly<Record<string, string>>;
  /** Its standard error goes straight to ours; else its end is kept, to say why it could not start. */
  inheritErrors: boolean;
}

export interface ChildOptions extends ProgramOptions {
  name: string;
  logger: Logger;
}

const FIRST_PAUSE_MILLISECONDS = 200;
const LONGEST_PAUSE_MILLISECONDS = 10_000;
/** Who lived this long did not end because of how it was started. */
const SOUND_AFTER_MILLISECONDS = 15_000;
const PATIENCE_MILLISECONDS = 12_000;
const KEPT_WORDS = 4_000;

/** What programs need to run at all. */
const surroundings = (): Record<string, string> =>
  Object.fromEntries(
    ["PATH", "HOME", "TMPDIR", "TZ", "NODE_ENV", "NODE_EXTRA_CA_CERTS"].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

/**
 * A program of ours in a group of its own, so that a signal from the terminal reaches us alone and everything stops in
 * order. It ends by itself when the channel to us breaks, however we ended.
 */
export const spawnOurs = ({ entry, argv, environment, inheritErrors }: ProgramOptions): ChildProcess =>
  spawn(process.execPath, [...argv, entry], {
    env: { ...surroundings(), ...environment },
    stdio: ["ignore", "pipe", inheritErrors ? "inherit" : "pipe", "ipc"],
    detached: true,
  });

/** One process of Tollgate, started again with growing pauses whenever it ends before it should. */
export class Child {
  /** The end of what it said on standard error. */
  words = "";
  private process: ChildProcess | null = null;
  private pause: NodeJS.Timeout | undefined;
  private ended: Promise<unknown> = Promise.resolve();
  private failures = 0;
  private stopping = false;

  constructor(private readonly options: ChildOptions) {}

  get name(): string {
    return this.options.name;
  }

  /** Of the present process; null while there is none. */
  get pid(): number | null {
    return this.process?.pid ?? null;
  }

  /** How often it ended without being told to, since it last lived for a while. */
  get failed(): number {
    return this.failures;
  }

  start(): void {
    const { logger, name } = this.options;
    const startedAt = Date.now();
    this.words = "";
    const child = spawnOurs(this.options);
    this.process = child;
    child.stdout?.resume();
    child.stderr?.on("data", (chunk: Buffer) => {
      this.words = `${this.words}${chunk.toString()}`.slice(-KEPT_WORDS);
    });
    child.on("error", (error) => logger.error({ error, process: name }, "a process could not be started"));
    this.ended = once(child, "exit").then(([code, signal]) => {
      this.process = null;
      if (this.stopping) return;
      if (Date.now() - startedAt > SOUND_AFTER_MILLISECONDS) this.failures = 0;
      const pause = Math.min(FIRST_PAUSE_MILLISECONDS * 2 ** this.failures, LONGEST_PAUSE_MILLISECONDS);
      this.failures += 1;
      logger.error(
        { process: name, exitCode: code, signal, pause, words: this.words },
        "a process ended; starting it again",
      );
      this.pause = setTimeout(() => this.start(), pause);
    });
  }

  /** Politely, then not. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.pause);
    const { process: child } = this;
    if (!child) return;
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MILLISECONDS);
    await this.ended;
    clearTimeout(timer);
  }
}
