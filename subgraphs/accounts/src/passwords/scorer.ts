import { Worker } from "node:worker_threads";
import { RateLimitedFault, refuseInTransaction, UnavailableFault } from "@tollgate/kit";

/** What zxcvbn makes of a password. */
export interface PasswordScore {
  /** 0 to 4; below 3 somebody who tries will find it. */
  score: number;
  /** It is one of the passwords that everybody tries first, with little around it. */
  isCommon: boolean;
}

interface Limits {
  /** Passwords that wait at most; beyond, callers are told to come back. */
  queue: number;
  /** Longer than any honest text of 64 characters takes. */
  milliseconds: number;
  /** A thread holds its dictionaries (some 60 MB); after so long without work it ends. */
  idleMilliseconds: number;
}

const LIMITS: Limits = { queue: 64, milliseconds: 10_000, idleMilliseconds: 60_000 };

/** Beyond this zxcvbn takes seconds and more. */
const SCORED_CHARACTERS = 64;

interface Task {
  text: string;
  known: readonly string[];
  resolve(score: PasswordScore): void;
  reject(error: Error): void;
}

/**
 * Scores passwords in one worker thread, one after the other, so that neither the event loop nor more than one core
 * waits for them. The thread is started when it is first needed and does not keep the process alive.
 */
export class PasswordScorer {
  private readonly limits: Limits;
  private readonly waiting: Task[] = [];
  private worker: Worker | null = null;
  private current: Task | null = null;
  private timer: NodeJS.Timeout | null = null;

  constructor(limits: Partial<Limits> = {}) {
    this.limits = { ...LIMITS, ...limits };
  }

  /**
   * Of the first 64 characters.
   * @param known texts that a guesser would try for this person: e-mail, name.
   * @throws RateLimitedFault when too many wait; UnavailableFault when it takes too long.
   */
  score(password: string, known: readonly string[]): Promise<PasswordScore> {
    refuseInTransaction("scoring a password");
    if (this.waiting.length >= this.limits.queue) {
      return Promise.reject(new RateLimitedFault(5, "Too many new passwords at once; try again in a moment."));
    }
    return new Promise((resolve, reject) => {
      const cut = known.map((text) => text.slice(0, SCORED_CHARACTERS));
      this.waiting.push({ text: password.slice(0, SCORED_CHARACTERS), known: cut, resolve, reject });
      this.next();
    });
  }

  /** Ends the thread; what waits is refused. */
  async stop(): Promise<void> {
    const { worker } = this;
    for (const task of this.waiting.splice(0)) task.reject(new UnavailableFault());
    this.fail(new UnavailableFault());
    this.setTimer(null, 0);
    await worker?.terminate();
  }

  private next(): void {
    if (this.current !== null) return;
    this.setTimer(null, 0);
    this.current = this.waiting.shift() ?? null;
    if (this.current === null) {
      this.setTimer(() => this.discard(), this.limits.idleMilliseconds);
      return;
    }
    this.setTimer(
      () => this.fail(new UnavailableFault("This password took too long to check.")),
      this.limits.milliseconds,
    );
    const { text, known } = this.current;
    this.worker ??= this.start();
    this.worker.postMessage({ text, known });
  }

  private start(): Worker {
    // Sources run as they are, and compiled.
    const file = import.meta.url.endsWith(".ts") ? "./scoring-worker.ts" : "./scoring-worker.js";
    const worker = new Worker(new URL(file, import.meta.url), { name: "password scorer" });
    worker.unref();
    worker.on("message", (score: PasswordScore) => {
      if (worker === this.worker) this.settle((task) => task.resolve(score));
    });
    worker.on("error", (cause) => {
      if (worker === this.worker) this.fail(new UnavailableFault(undefined, { cause }));
    });
    return worker;
  }

  private settle(tell: (task: Task) => void): void {
    const task = this.current;
    this.current = null;
    if (task) tell(task);
    this.next();
  }

  /** The thread is of no use any more: whoever comes next gets a new one. */
  private fail(error: Error): void {
    this.discard();
    this.settle((task) => task.reject(error));
  }

  private discard(): void {
    const { worker } = this;
    this.worker = null;
    worker?.terminate().catch(() => undefined); // it has ended by itself
  }

  private setTimer(work: (() => void) | null, milliseconds: number): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = work === null ? null : setTimeout(work, milliseconds).unref();
  }
}
