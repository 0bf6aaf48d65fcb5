import { BoundedMap } from "../plan/bounded-map.js";
import { SharedStream, type SharedStreamParts } from "./shared-stream.js";
import type { Subscriber } from "./subscriber.js";

/** Streams that turned out to be no good for sharing, remembered at most, and for how long. */
const REMEMBERED = 10_000;
const REMEMBERED_MILLISECONDS = 60_000;

/** What is shared, newly opened. */
export type OpenedStream = Pick<SharedStreamParts, "answers" | "freshMilliseconds">;

/** The subscriptions of which several callers have one: one upstream, one join and one serialisation for each event. */
export class Hub {
  private readonly streams = new Map<string, SharedStream>();
  private readonly unfit = new BoundedMap<string, number>(REMEMBERED);

  /** How many streams there are, by however many they are shared. */
  get size(): number {
    return this.streams.size;
  }

  /** Whether callers may share what has this key: not what was just refused, or found to depend on the person. */
  takes(key: string): boolean {
    return performance.now() >= (this.unfit.get(key) ?? 0);
  }

  /**
   * Lets a subscriber have what the others with this key get.
   * @param open opens the upstream where it is the first one; what it throws is thrown
   * @returns how to leave
   */
  join(key: string, subscriber: Subscriber, open: (overflowed: () => void) => OpenedStream): () => void {
    const stream = this.streams.get(key) ?? this.open(key, open);
    stream.add(subscriber);
    return () => stream.remove(subscriber);
  }

  private open(key: string, open: (overflowed: () => void) => OpenedStream): SharedStream {
    const stream: SharedStream = new SharedStream({
      ...open(() => stream.overflow()),
      ended: () => this.streams.delete(key),
      dismissed: () => this.unfit.set(key, performance.now() + REMEMBERED_MILLISECONDS),
    });
    this.streams.set(key, stream);
    return stream;
  }
}
