import type { GraphQLError } from "graphql";
import { codesOf } from "../observe/errors.js";
import { Answer, type LiveStream } from "./answer.js";
import { Handover, isOutage } from "./handover.js";
import { LastAnswer } from "./last-answer.js";

type Opened = LiveStream | { errors: readonly GraphQLError[] };
type Step = IteratorResult<Answer, undefined>;

export interface MovingStreamParts {
  /**
   * Opens it on the graph that is served now, or says why not.
   * @param after the cursor of the last event that was delivered, where the stream has to go on behind it
   */
  open: (after: string | null, closed: () => void) => Opened;
  /** It has ended, whichever way. */
  closed: (delivered: number, codes: readonly string[]) => void;
}

/** Milliseconds between two attempts to open it on a new graph whose subgraph is not there yet. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 5_000;

/**
 * A client's live stream, over the supergraphs that are served one after the other. On a new one it is opened a second
 * time, and the old one is let go when the new one has shown that it runs: the first event of it that the old one has
 * brought as well is where they meet. What the new graph does not have any more ends with the reason.
 */
export class MovingStream implements LiveStream {
  private present: LiveStream = new LastAnswer(null);
  /** Asked of the present stream before it became that. */
  private ahead: Promise<Step> | null = null;
  private handover: Handover | null = null;
  /** What the stream before brought, and this one may bring again. */
  private known: Handover["seen"] | null = null;
  private waitsSince: number | null = null;
  private attempt: NodeJS.Timeout | undefined;
  private attempts = 0;
  private cursor: string | null = null;
  private delivered = 0;
  private readonly codes = new Set<string>();
  private done = false;

  private constructor(private readonly parts: MovingStreamParts) {}

  static open(parts: MovingStreamParts): MovingStream | { errors: readonly GraphQLError[] } {
    const stream = new MovingStream(parts);
    const opened = stream.opened(null);
    if ("errors" in opened) return opened;
    stream.present = opened;
    return stream;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Moves it to the graph that is served now; it goes on with the old one until then. */
  move(): void {
    if (this.done) return;
    this.abandon();
    this.openAgain(null, (stream) => this.beginHandover(stream));
  }

  async next(): Promise<Step> {
    while (!this.done) {
      const { present, ahead } = this;
      this.ahead = null;
      this.waitsSince = performance.now();
      const step = await (ahead ?? present.next());
      this.waitsSince = null;
      const isPast = present !== this.present;
      if (step.done && !isPast) break;
      if (!step.done && this.isNew(step.value, isPast)) return this.deliver(step.value);
    }
    this.finish();
    return { done: true, value: undefined };
  }

  async return(): Promise<Step> {
    this.finish();
    return { done: true, value: undefined };
  }

  stop(): void {
    this.finish();
  }

  private opened(after: string | null): Opened {
    const opened: Opened = this.parts.open(after, () => {
      if (opened === this.present) this.finish();
    });
    return opened;
  }

  /** Whether an answer is to be delivered: not what the stream before has brought, nor that it broke off. */
  private isNew(answer: Answer, isPast: boolean): boolean {
    const { handover } = this;
    if (!isPast && !handover) {
      if (this.known?.takes(answer)) return false;
      this.known = null;
      return true;
    }
    if (answer.result.data === undefined && isOutage(answer.result.errors)) {
      if (!isPast && handover) this.meet(handover);
      return false;
    }
    if (isPast) this.known?.add(answer);
    else handover?.saw(answer);
    return true;
  }

  private beginHandover(stream: LiveStream): void {
    const handover: Handover = new Handover(stream, {
      waitsSince: () => this.waitsSince,
      met: () => this.meet(handover),
      missed: () => {
        // What lies between the two is asked for where it can be.
        if (this.cursor === null) this.meet(handover);
        else this.goOnBehind(this.cursor, handover);
      },
      unavailable: () => {
        this.abandon();
        this.moveLater();
      },
    });
    this.handover = handover;
    handover.begin();
  }

  private meet(handover: Handover): void {
    if (this.handover !== handover) return;
    this.handover = null;
    handover.end();
    this.known = handover.seen;
    this.moveTo(handover.stream, handover.first);
  }

  private goOnBehind(cursor: string, { seen }: Handover): void {
    this.abandon();
    this.openAgain(cursor, (stream) => {
      this.known = seen;
      this.moveTo(stream);
    });
  }

  private openAgain(after: string | null, take: (stream: LiveStream) => void): void {
    const opened = this.opened(after);
    if (!("errors" in opened)) take(opened);
    else if (isOutage(opened.errors)) this.moveLater();
    else this.moveTo(new LastAnswer(new Answer(opened)));
  }

  private moveTo(stream: LiveStream, ahead: Promise<Step> | null = null): void {
    const past = this.present;
    this.present = stream;
    this.ahead = ahead;
    this.attempts = 0;
    past.stop();
  }

  private moveLater(): void {
    const pause = Math.min(FIRST_PAUSE * 2 ** this.attempts, LONGEST_PAUSE);
    this.attempts += 1;
    this.attempt = setTimeout(() => this.move(), pause * (0.5 + Math.random()));
    this.attempt.unref();
  }

  /** Lets go of what was to come after the present stream. */
  private abandon(): void {
    clearTimeout(this.attempt);
    const { handover } = this;
    this.handover = null;
    handover?.end();
    handover?.stream.stop();
  }

  private deliver(answer: Answer): Step {
    this.delivered += 1;
    this.cursor = answer.cursor ?? this.cursor;
    for (const code of codesOf(answer.result.errors)) this.codes.add(code);
    return { done: false, value: answer };
  }

  private finish(): void {
    if (this.done) return;
    this.done = true;
    this.abandon();
    this.present.stop();
    this.parts.closed(this.delivered, [...this.codes]);
  }
}
