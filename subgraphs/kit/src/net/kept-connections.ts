import type { Readable } from "node:stream";
import { Pool } from "undici";
import { UnavailableFault } from "../faults/fault.js";

/** A server in another process does not answer as one that is there: it is down, starting or overloaded. */
export class RemoteUnavailable extends UnavailableFault {
  override name = "RemoteUnavailable";

  /** @param detail for logs; people read that a part is away. */
  constructor(
    readonly detail: string,
    options?: ErrorOptions,
  ) {
    super(undefined, options);
  }
}

/** One call as it leaves. */
export interface SentCall {
  method: "GET" | "POST" | "PUT";
  /** With the query. */
  path: string;
  body: string | Uint8Array;
  headers: Record<string, string>;
  /** Until when somebody waits. */
  milliseconds: number;
  signal?: AbortSignal | undefined;
}

export interface ReceivedAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** An answer that is still coming. */
export interface StreamedAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Readable;
}

const CONNECTIONS = 64;
const CONNECT_MILLISECONDS = 2_000;
/** More than any page of answers is; what is larger would only fill the memory of whoever asked. */
const MAX_ANSWER_BYTES = 32 * 1_048_576;

/** One server, called over connections that are kept. */
export class KeptConnections {
  private readonly pool: Pool;

  /** @param maxAnswerBytes of the body of an answer. */
  constructor(
    readonly name: string,
    url: string,
    private readonly maxAnswerBytes: number = MAX_ANSWER_BYTES,
  ) {
    this.pool = new Pool(new URL(url).origin, {
      connections: CONNECTIONS,
      connect: { timeout: CONNECT_MILLISECONDS },
    });
  }

  /** @throws RemoteUnavailable when no answer comes, or too large a one; the signal's reason when it was aborted. */
  async call({ method, path, body, headers, milliseconds, signal: given }: SentCall): Promise<ReceivedAnswer> {
    const time = AbortSignal.timeout(milliseconds);
    const signal = given ? AbortSignal.any([given, time]) : time;
    try {
      const answer = await this.pool.request({ method, path, body: body.length > 0 ? body : null, headers, signal });
      return { status: answer.statusCode, headers: answer.headers, body: await this.whole(answer.body) };
    } catch (error) {
      if (given?.aborted) throw given.reason;
      const reason = time.aborted ? `no answer within ${milliseconds} ms` : describe(error);
      throw new RemoteUnavailable(`${this.name} does not answer: ${reason}`, { cause: error });
    }
  }

  /**
   * The same, with the answer's body as it comes. Whoever called reads it to its end or destroys it.
   * @throws RemoteUnavailable when no answer begins in time; what breaks off later fails the body.
   */
  async open({ method, path, body, headers, milliseconds }: SentCall): Promise<StreamedAnswer> {
    const waiting = new AbortController();
    const timer = setTimeout(() => waiting.abort(), milliseconds);
    try {
      const sent = { method, path, body: body.length > 0 ? body : null, headers, signal: waiting.signal };
      const answer = await this.pool.request(sent);
      return { status: answer.statusCode, headers: answer.headers, body: answer.body };
    } catch (error) {
      const reason = waiting.signal.aborted ? `no answer within ${milliseconds} ms` : describe(error);
      throw new RemoteUnavailable(`${this.name} does not answer: ${reason}`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Lets calls under way go on, and takes no more. */
  async close(): Promise<void> {
    await this.pool.close();
  }

  /** Leaving the loop early closes the connection, with whatever still comes. */
  private async whole(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    for await (const piece of body) {
      bytes += piece.length;
      if (bytes > this.maxAnswerBytes) throw new Error(`the answer has more than ${this.maxAnswerBytes} bytes`);
      pieces.push(piece);
    }
    return Buffer.concat(pieces, bytes);
  }
}

const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
};
