import type { Answer, LiveStream } from "./answer.js";

/** A stream that brings one answer at most, such as why there are no more. */
export class LastAnswer implements LiveStream {
  constructor(private answer: Answer | null) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Answer, undefined>> {
    const { answer } = this;
    this.answer = null;
    return answer ? { done: false, value: answer } : { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<Answer, undefined>> {
    this.stop();
    return { done: true, value: undefined };
  }

  stop(): void {
    this.answer = null;
  }
}
