import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** All that this process counts, whichever parts of Tollgate run in it. */
const registry = new Registry();

/** Seconds, from a cache to an operation's deadline. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** How long a reading may take before it is left out of a scrape: a database that hangs must not hide all the rest. */
const READING_MILLISECONDS = 2_000;

type Labels<Label extends string> = Partial<Record<Label, string>>;

/** A number that only grows. */
export interface Count<Label extends string> {
  inc(labels: Labels<Label>, by?: number): void;
  inc(by?: number): void;
  /** The one with these labels, found once for many times. */
  labels(labels: Labels<Label>): { inc(by?: number): void };
}

/** How long something took. */
export interface Durations<Label extends string> {
  observe(labels: Labels<Label>, seconds: number): void;
  /** @returns what ends it, with the labels that are known by then, and tells the seconds */
  startTimer(labels?: Labels<Label>): (labels?: Labels<Label>) => number;
}

/** A number that only grows. Labels have values of closed sets: never ids, nor anything that clients choose. */
export const counter = <Label extends string = never>(
  name: string,
  help: string,
  labelNames: readonly Label[] = [],
): Count<Label> => new Counter({ name, help, labelNames, registers: [registry] });

/** Durations in seconds. */
export const durations = <Label extends string = never>(
  name: string,
  help: string,
  labelNames: readonly Label[] = [],
): Durations<Label> => new Histogram({ name, help, labelNames, buckets: BUCKETS, registers: [registry] });

/** Null: not known at the moment, and left out. */
type Reading = () => number | null | Promise<number | null>;

/** What is the case right now, asked of whoever knows when somebody scrapes; several that have the same labels are added up. */
export class WatchedGauge<Label extends string = never> {
  private readonly sources = new Set<{ labels: Record<Label, string>; read: Reading }>();

  constructor(name: string, help: string, labelNames: readonly Label[] = []) {
    const collect = async (gauge: Gauge<Label>): Promise<void> => {
      const readings = await Promise.all(
        [...this.sources].map(async ({ labels, read }) => ({ labels, value: await readInTime(read) })),
      );
      gauge.reset();
      for (const { labels, value } of readings) if (value !== null) gauge.inc(labels, value);
    };
    new Gauge<Label>({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        return collect(this);
      },
    });
  }

  /** @returns how to stop watching; who does not leave is read for ever */
  watch(labels: Record<Label, string>, read: Reading): () => void {
    const source = { labels, read };
    this.sources.add(source);
    return () => {
      this.sources.delete(source);
    };
  }
}

const readInTime = async (read: Reading): Promise<number | null> => {
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => late.resolve(null), READING_MILLISECONDS);
  try {
    return await Promise.race([read(), late.promise]);
  } catch {
    return null; // what cannot be read is left out, and a missing series is what an alarm can be set on
  } finally {
    clearTimeout(timer);
  }
};

let watchesProcess = false;

/** Begins to watch the process itself: memory, CPU, handles, event loop, garbage collection. */
export const watchProcess = (): void => {
  if (watchesProcess) return;
  watchesProcess = true;
  collectDefaultMetrics({ register: registry });
};

/** All metrics as Prometheus reads them, with the media type to send them as. */
export const scrape = async (): Promise<{ text: string; contentType: string }> => ({
  text: await registry.metrics(),
  contentType: registry.contentType,
});
