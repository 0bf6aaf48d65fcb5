import type { SubgraphResponse } from "@tollgate/kit/protocol";
import type { ExecutionResult } from "graphql";

/** One result of a live subscription, written as JSON once for however many clients get it. */
export class Answer {
  private text: string | null = null;
  private encoded: Buffer | null = null;

  /** @param event what it answers, to tell whether it is another one */
  constructor(
    readonly result: ExecutionResult,
    readonly event: SubgraphResponse | null = null,
  ) {}

  /** Behind which a stream can go on; null where it cannot. */
  get cursor(): string | null {
    return this.event?.extensions?.cursor ?? null;
  }

  get json(): string {
    this.text ??= JSON.stringify(this.result);
    return this.text;
  }

  /** The JSON in UTF-8. Not to be written into. */
  get bytes(): Buffer {
    this.encoded ??= Buffer.from(this.json);
    return this.encoded;
  }
}

/** The answers of one client's live subscription, in order. Leaving it by `return()` or `stop()` is heeded at once. */
export interface LiveStream extends AsyncIterableIterator<Answer, undefined, undefined> {
  return(): Promise<IteratorResult<Answer, undefined>>;
  stop(): void;
}
