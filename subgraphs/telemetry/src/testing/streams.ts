import type { RequestCaller, SubgraphResponse } from "@tollgate/kit/protocol";
import type { TestSubgraph } from "@tollgate/kit/testing";

export type Stream = AsyncIterableIterator<SubgraphResponse>;

/** The streams of one test file, closed after each test. */
export class Streams {
  private readonly open: Stream[] = [];

  constructor(private readonly telemetry: () => TestSubgraph) {}

  watch(document: string, variables: Record<string, unknown>, caller: RequestCaller): Stream {
    const stream = this.telemetry().subscribe(document, variables, caller);
    this.open.push(stream);
    return stream;
  }

  async close(): Promise<void> {
    for (const stream of this.open.splice(0)) await stream.return?.();
  }
}

/** The data of the next event of a stream that has one. */
export const next = async <Data>(stream: Stream): Promise<Data> => {
  const { value, done } = await stream.next();
  if (done) throw new Error("the stream has ended");
  if (value.errors) throw new Error(JSON.stringify(value.errors));
  return value.data as Data; // of the shape that the document asks for
};
