import { METRIC_FIELDS, type Measurement, type Metric } from "./metrics.js";

/** Why a value was refused. */
export type RefusalCause = "NOT_A_NUMBER" | "ABSURD_VALUE";

const EXBIBYTE = 2 ** 60;
const TERABYTES_A_SECOND = 1e13;
const CENTURY_IN_SECONDS = 3_155_760_000;

const MOST: Record<Metric, number> = {
  CPU: 100,
  MEMORY_USED: EXBIBYTE,
  MEMORY_TOTAL: EXBIBYTE,
  DISK_USED: EXBIBYTE,
  DISK_TOTAL: EXBIBYTE,
  DISK_READ_RATE: TERABYTES_A_SECOND,
  DISK_WRITE_RATE: TERABYTES_A_SECOND,
  NETWORK_IN_RATE: TERABYTES_A_SECOND,
  NETWORK_OUT_RATE: TERABYTES_A_SECOND,
  LOAD: 100_000,
  UPTIME: CENTURY_IN_SECONDS,
};

const METRIC_NAMES = Object.keys(METRIC_FIELDS) as Metric[]; // the keys of a closed record

const causeOf = (metric: Metric, value: number | bigint): RefusalCause | null => {
  const number = Number(value);
  if (Number.isNaN(number)) return "NOT_A_NUMBER";
  return number < 0 || number > MOST[metric] ? "ABSURD_VALUE" : null;
};

/** Lets measured values in, one by one: a bad one becomes null and is counted, its neighbours stay. */
export class Admission {
  private readonly refused = new Map<string, number>();

  /** The measurement without its bad values; null when nothing is left of it. */
  admit<M extends Measurement>(measurement: M): M | null {
    const bad: { [Field in keyof Measurement]?: null } = {};
    let left = 0;
    for (const metric of METRIC_NAMES) {
      const field = METRIC_FIELDS[metric];
      const value = measurement[field];
      if (value === null) continue;
      const cause = causeOf(metric, value);
      if (cause === null) left += 1;
      else {
        bad[field] = null;
        this.refused.set(`${metric} ${cause}`, this.count(metric, cause) + 1);
      }
    }
    return left === 0 ? null : { ...measurement, ...bad };
  }

  /** Values refused so far. */
  count(metric: Metric, cause: RefusalCause): number {
    return this.refused.get(`${metric} ${cause}`) ?? 0;
  }
}
