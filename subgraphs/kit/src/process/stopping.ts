import type { Logger } from "./logger.js";

interface Stage {
  name: string;
  stop: () => Promise<void>;
}

/**
 * What was started, to be stopped in the opposite order. A stage that fails or takes longer than `stageMilliseconds`
 * is logged and left behind, so that the ones below it still stop.
 */
export class Stopping {
  private readonly stages: Stage[] = [];
  private running: Promise<void> | null = null;

  constructor(
    private readonly logger: Logger,
    private readonly stageMilliseconds = 8_000,
  ) {}

  add(name: string, stop: () => Promise<void>): void {
    this.stages.push({ name, stop });
  }

  /** Stops everything once; later calls await the first. */
  stop(): Promise<void> {
    this.running ??= this.run();
    return this.running;
  }

  private async run(): Promise<void> {
    for (const stage of this.stages.reverse()) {
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
}
