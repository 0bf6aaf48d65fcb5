import { PgBoss } from "pg-boss";
import type { DatabaseAddresses } from "../database/addresses.js";
import { meters } from "../observe/meters.js";
import { inSpan } from "../observe/tracing.js";
import type { Logger } from "../process/logger.js";

/** Work that repeats by the clock, once across all processes. Running it twice must do no harm. */
export interface CronJob {
  /** Lower case with dashes: `remove-old-challenges`. */
  name: string;
  /** Cron expression, UTC. */
  schedule: string;
  run: () => Promise<void>;
}

/** Cron jobs of one subgraph, on pg-boss, which keeps a small pool of its own. */
export class Jobs {
  private readonly boss: PgBoss;

  constructor(
    private readonly subgraph: string,
    addresses: DatabaseAddresses,
    private readonly jobs: readonly CronJob[],
    private readonly logger: Logger,
  ) {
    this.boss = new PgBoss({
      connectionString: addresses.login,
      max: 2,
      application_name: `tollgate ${addresses.schema} jobs`,
      schema: `${addresses.schema}_jobs`,
      migrate: false,
      createSchema: false,
    });
    this.boss.on("error", (error) => this.logger.warn({ error }, "jobs"));
  }

  async start(): Promise<void> {
    await this.boss.start();
    for (const job of this.jobs) {
      await this.boss.createQueue(job.name, { retryLimit: 5, retryBackoff: true, policy: "short" });
      await this.boss.work(job.name, () => this.perform(job));
      await this.boss.schedule(job.name, job.schedule);
    }
  }

  /** Runs a job now, whatever its schedule says; what its schedule starts meanwhile does no harm. @throws what it throws. */
  async run(name: string): Promise<void> {
    const job = this.jobs.find((candidate) => candidate.name === name);
    if (!job) throw new Error(`there is no job ${name}`);
    await this.perform(job);
  }

  private async perform(job: CronJob): Promise<void> {
    const { name } = job;
    const attributes = { "tollgate.subgraph": this.subgraph };
    const timed = meters.jobs.startTimer({ subgraph: this.subgraph, job: name });
    let outcome = "failed";
    try {
      await inSpan(`job ${name}`, { attributes, linkedTo: null }, () => job.run());
      outcome = "done";
    } finally {
      const seconds = timed({ outcome });
      this.logger.debug({ job: name, milliseconds: Math.round(seconds * 1_000), outcome }, "job ended");
    }
  }

  /** Lets jobs under way finish, for at most 5 s. */
  async stop(): Promise<void> {
    await this.boss.stop({ graceful: true, timeout: 5_000 });
  }
}
