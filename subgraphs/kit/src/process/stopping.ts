import type { Logger } from "./logger.js";

interface Stage {
  name: string;
  stop: () => Promise<void>;
}

/**
 * What was started, to be stopped in the opposite order. A stage that fails or takes longer than `stageMilliseconds`
 * is logged and left behind, so that the ones below it still stop. What is added after the stop is stopped as well.
 */
export class Stopping {
  private readonly stages: Stage[] = [];
  private running: Promise<void> | null = null;

  constructor(
    private readonly logger: Logger,
    private readonly stageMilliseconds = 8_000,
  ) {}

  get begun(): boolean {
    return this.running !== null;
  }

  add(name: string, stop: () => Promise<void>): void {
    this.stages.push({ name, stop });
    if (this.running !== null) this.running = this.running.then(() => this.run());
  }

  /** Resolves when nothing is left. Calling it again awaits the same. */
  stop(): Promise<void> {
    this.running ??= this.run();
    return this.running;
  }

  private async run(): Promise<void> {
    for (let stage = this.stages.pop(); stage; stage = this.stages.pop()) await this.stopStage(stage);
  }

  private async stopStage(stage: Stage): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("took too long")), this.stageMilliseconds);
    });
    try {
      await Promise.race([stage.stop(), late]);
    } catch (error) {
      this.logger.error({ error, stage: stage.name }, "could not stop politely");
    } finally {
      clearTimeout(timer);
    }
  }
}
