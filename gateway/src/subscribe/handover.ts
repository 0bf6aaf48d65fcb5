import type { GraphQLError } from "graphql";
import type { Answer, LiveStream } from "./answer.js";

type Step = IteratorResult<Answer, undefined>;

export interface HandoverParts {
  /** Since when the client waits for the old stream (`performance.now()`); null while it is busy with an answer. */
  waitsSince: () => number | null;
  /** The new stream can take over. */
  met: () => void;
  /** The new stream runs, but the old one did not bring what it began with. */
  missed: () => void;
  /** The subgraph of the new stream is away. */
  unavailable: () => void;
}

/** Milliseconds without anything, in which the old stream does not bring what the new one began with. */
const CATCH_UP = 1_000;
/** The same where it goes on bringing something else. */
const LONGEST_CATCH_UP = 5_000;
/** Milliseconds after which a new stream is taken to be open, though nothing has happened that it could have brought. */
const QUIET = 30_000;

/** While a stream is open twice: on the graph before, from which the client is served, and on the new one. */
export class Handover {
  /** What the old stream brought in the meantime. */
  readonly seen = new SeenAnswers();
  readonly first: Promise<Step>;
  private begunWith: Answer | null = null;
  private timer: NodeJS.Timeout | undefined;
  private ended = false;

  constructor(
    readonly stream: LiveStream,
    private readonly parts: HandoverParts,
  ) {
    this.first = stream.next();
  }

  begin(): void {
    this.timer = setTimeout(() => this.parts.met(), QUIET);
    this.timer.unref();
    void this.prove();
  }

  /** Told of each answer of the old stream. */
  saw(answer: Answer): void {
    this.seen.add(answer);
    if (this.begunWith && this.seen.has(this.begunWith)) this.parts.met();
  }

  end(): void {
    this.ended = true;
    clearTimeout(this.timer);
  }

  private async prove(): Promise<void> {
    const step = await this.first;
    if (this.ended) return;
    clearTimeout(this.timer);
    if (step.done || isRefused(step.value)) {
      if (isOutage(step.value?.result.errors)) this.parts.unavailable();
      else this.parts.met(); // its end, with the reason, is the client's
    } else if (this.seen.has(step.value)) {
      this.parts.met();
    } else {
      this.begunWith = step.value;
      this.waitFor(CATCH_UP, performance.now() + LONGEST_CATCH_UP);
    }
  }

  /** A client that is busy with older answers is given the time. */
  private waitFor(milliseconds: number, until: number): void {
    this.timer = setTimeout(() => {
      const now = performance.now();
      const left = (this.parts.waitsSince() ?? now) + CATCH_UP - now;
      if (left > 0 && now < until) this.waitFor(left, until);
      else this.parts.missed();
    }, milliseconds);
    this.timer.unref();
  }
}

const REMEMBERED = 1_000;

/** Answers by their cursor, or by what they say where they have none; the latest ones only. */
class SeenAnswers {
  private readonly counts = new Map<string, number>();

  add(answer: Answer): void {
    const key = keyOf(answer);
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.delete(key);
    this.counts.set(key, count);
    const [oldest] = this.counts.keys();
    if (oldest !== undefined && this.counts.size > REMEMBERED) this.counts.delete(oldest);
  }

  has(answer: Answer): boolean {
    return this.counts.has(keyOf(answer));
  }

  /** Whether it was seen; each time counts once. */
  takes(answer: Answer): boolean {
    const key = keyOf(answer);
    const count = this.counts.get(key) ?? 0;
    if (count > 1) this.counts.set(key, count - 1);
    else this.counts.delete(key);
    return count > 0;
  }
}

function keyOf(answer: Answer): string {
  return answer.cursor === null ? `answer ${answer.json}` : `cursor ${answer.cursor}`;
}

function isRefused({ result }: Answer): boolean {
  return result.data === undefined && (result.errors?.length ?? 0) > 0;
}

/** Whether all that is told is that a subgraph is away. */
export function isOutage(errors: readonly GraphQLError[] | undefined): boolean {
  return (errors?.length ?? 0) > 0 && (errors?.every(({ extensions }) => extensions.code === "UNAVAILABLE") ?? false);
}
