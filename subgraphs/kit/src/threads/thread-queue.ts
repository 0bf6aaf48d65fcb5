import { Worker } from "node:worker_threads";
import { refuseInTransaction } from "../database/database.js";
import { RateLimitedFault, UnavailableFault } from "../faults/fault.js";

export interface ThreadLimits {
  /** Tasks that wait at most; beyond, callers are told to come back. */
  queue: number;
  /** That one task may take. */
  milliseconds: number;
  /** After so long without work the thread ends, and gives its memory back. */
  idleMilliseconds: number;
}

/** What it is and what people are told of it. */
export interface ThreadWords {
  /** Of the thread, and of the work in messages for developers. */
  name: string;
  tooMany: string;
  tooLong: string;
}

interface Waiting<Task, Result> {
  task: Task;
  resolve(result: Result): void;
  reject(error: Error): void;
}

/**
 * Does tasks in one worker thread, one after the other, so that neither the event loop nor more than one core waits for
 * them. The thread answers each message with one message; it is started when it is first needed and does not keep the
 * process alive. An error in it, or a task that takes too long, ends it: the next task gets a new one.
 */
export class ThreadQueue<Task, Result> {
  private readonly waiting: Waiting<Task, Result>[] = [];
  private worker: Worker | null = null;
  private current: Waiting<Task, Result> | null = null;
  private timer: NodeJS.Timeout | null = null;

  /** @param file where the thread's code is, beside `base`, without its ending: sources run as they are, and compiled. */
  constructor(
    private readonly file: string,
    private readonly base: string,
    private readonly limits: ThreadLimits,
    private readonly words: ThreadWords,
  ) {}

  /** @throws RateLimitedFault when too many wait; UnavailableFault when it takes too long or fails. */
  run(task: Task): Promise<Result> {
    refuseInTransaction(this.words.name);
    if (this.waiting.length >= this.limits.queue) {
      return Promise.reject(new RateLimitedFault(5, this.words.tooMany));
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ task, resolve, reject });
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
    this.setTimer(() => this.fail(new UnavailableFault(this.words.tooLong)), this.limits.milliseconds);
    this.worker ??= this.start();
    this.worker.postMessage(this.current.task);
  }

  private start(): Worker {
    const isSource = this.base.endsWith(".ts");
    const worker = new Worker(new URL(this.file + (isSource ? ".ts" : ".js"), this.base), {
      name: this.words.name,
      // Sources import each other by the names that they have once they are compiled.
      ...(isSource && { execArgv: [...process.execArgv, "--import", "tsx"] }),
    });
    worker.unref();
    worker.on("message", (result: Result) => {
      if (worker === this.worker) this.settle((task) => task.resolve(result));
    });
    worker.on("error", (cause) => {
      if (worker === this.worker) this.fail(new UnavailableFault(undefined, { cause }));
    });
    return worker;
  }

  private settle(tell: (task: Waiting<Task, Result>) => void): void {
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
