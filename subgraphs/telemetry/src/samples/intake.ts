import type { Database } from "@tollgate/kit";
import { Admission } from "./admission.js";
import type { NewSample } from "./metrics.js";
import type { SamplePartitions } from "./partitions.js";
import { writeSamples } from "./samples.js";

/** The one way for samples into the store, whatever their source. */
export class SampleIntake {
  readonly admission = new Admission();

  constructor(
    private readonly database: Database,
    readonly partitions: SamplePartitions,
    /** New samples are in the store. */
    private readonly stored: () => void,
  ) {}

  /** Stores what is admitted of the samples, in a transaction of its own. */
  async take(source: string, samples: readonly NewSample[]): Promise<void> {
    const admitted = samples.flatMap((sample) => this.admission.admit(sample) ?? []);
    if (admitted.length === 0) return;
    await this.partitions.ensure(admitted.map((sample) => sample.at));
    await this.database.system(source, (tx) => writeSamples(tx, admitted));
    this.stored();
  }
}
