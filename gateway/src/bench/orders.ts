import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What a server of the benchmark is told to do. */
export type Order =
  | { do: "tokens"; count: number }
  | { do: "publish"; events: number; machines: number; everyMilliseconds: number }
  | { do: "usage" };

export interface Answer {
  url?: string;
  tokens?: string[];
  cpuSeconds?: number;
  /** Bytes, after a garbage collection. */
  rss?: number;
  heap?: number;
}

/** A server in a process of its own. */
export class ServerProcess {
  private readonly waiting = new Map<number, PromiseWithResolvers<Answer>>();
  private orders = 0;
  private readonly child: ChildProcess;
  private readonly started: Promise<Answer>;

  private constructor(kind: string, argument: string) {
    this.child = fork(fileURLToPath(new URL("./serve.ts", import.meta.url)), [kind, argument], {
      execArgv: [...process.execArgv, "--expose-gc"],
    });
    this.started = this.answer(0);
    this.child.on("message", ({ number, answer }: { number: number; answer: Answer }) => {
      this.waiting.get(number)?.resolve(answer);
      this.waiting.delete(number);
    });
  }

  static async start(kind: string, argument = ""): Promise<ServerProcess & { url: string }> {
    const process = new ServerProcess(kind, argument);
    process.child.once("exit", (code) => {
      for (const { reject } of process.waiting.values()) reject(new Error(`${kind} ended with ${code}`));
    });
    const { url = "" } = await process.started;
    return Object.assign(process, { url });
  }

  async tell(order: Order): Promise<Answer> {
    this.orders += 1;
    const number = this.orders;
    const answer = this.answer(number);
    this.child.send({ number, order });
    return await answer;
  }

  async stop(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.child.once("exit", () => resolve());
    this.child.disconnect();
    await promise;
  }

  private async answer(number: number): Promise<Answer> {
    const waiting = Promise.withResolvers<Answer>();
    this.waiting.set(number, waiting);
    return await waiting.promise;
  }
}
