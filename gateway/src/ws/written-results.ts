import type { LiveStream } from "../subscribe/answer.js";
import type { Connection } from "./connection.js";

const end = Buffer.from("}");

/**
 * A subscription on a socket as graphql-ws sees it: without results, over when the stream is. It would write the JSON of
 * each result for each client; here the JSON that is made once for all of them is set into each one's message.
 */
export class WrittenResults implements AsyncIterableIterator<never, undefined, undefined> {
  private readonly start: Buffer;

  constructor(
    private readonly id: string,
    private readonly stream: LiveStream,
    private readonly connection: Connection,
  ) {
    this.start = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
    connection.began(id, stream);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Sends all results, each when the one before has left; resolves at the end. */
  async next(): Promise<IteratorReturnResult<undefined>> {
    for (;;) {
      const { value: answer } = await this.stream.next();
      if (!answer) return this.over();
      await this.connection.send(Buffer.concat([this.start, answer.bytes, end]));
    }
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.stream.stop();
    return this.over();
  }

  private over(): IteratorReturnResult<undefined> {
    this.connection.ended(this.id, this.stream);
    return { done: true, value: undefined };
  }
}
