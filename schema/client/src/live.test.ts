import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { GraphQLError, parse } from "graphql";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Tollgate, type TollgateOptions } from "./client.js";
import { TollgateError } from "./errors.js";
import { type Followed, LiveGraph } from "./testing/live-graph.js";

const COUNTED: TypedDocumentNode<{ counted: number | null }, { after?: number | null }> = parse(
  "subscription Counted($after: Int) { counted(after: $after) }",
);

/** Goes on for as long as somebody listens. */
async function* forever({ after }: Followed): AsyncGenerator<number> {
  yield (after ?? 0) + 1;
  await new Promise(() => undefined);
}

async function* upTo(last: number): AsyncGenerator<number> {
  for (let number = 1; number <= last; number += 1) yield number;
}

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function connect(graph: Pick<LiveGraph, "url">, options: Partial<TollgateOptions> = {}): Tollgate {
  const retries = { firstWaitMilliseconds: 1, longestWaitMilliseconds: 5 };
  const tollgate = new Tollgate({ url: graph.url, credentials: { token: "t1" }, retries, ...options });
  cleanUps.push(() => tollgate.close());
  return tollgate;
}

async function start(...parts: Parameters<typeof LiveGraph.start>): Promise<LiveGraph> {
  const graph = await LiveGraph.start(...parts);
  cleanUps.push(() => graph.stop());
  return graph;
}

type Stream = AsyncGenerator<{ counted: number | null }>;

async function next(stream: Stream): Promise<number | null | undefined> {
  const { value } = await stream.next();
  return value?.counted;
}

async function all(stream: Stream): Promise<(number | null)[]> {
  const seen: (number | null)[] = [];
  for await (const { counted } of stream) seen.push(counted);
  return seen;
}

describe("a stream", () => {
  it("gives all events and ends with the subscription", async () => {
    const graph = await start(() => upTo(3));
    expect(await all(connect(graph).follow(COUNTED, {}))).toEqual([1, 2, 3]);
    await vi.waitFor(() => expect(graph.connections).toBe(0));
  });

  it("shows who asks, and for which organisation", async () => {
    const graph = await start(() => upTo(1));
    await all(connect(graph, { organisationId: "o1" }).follow(COUNTED, {}));
    await all(connect(graph, { credentials: { apiKey: "k1" } }).follow(COUNTED, {}));
    expect(graph.shown).toEqual([{ authorization: "Bearer t1", "x-organisation-id": "o1" }, { "x-api-key": "k1" }]);
  });

  it.each([
    { what: "breaks", code: undefined },
    { what: "is closed because the process stops", code: 1001 },
    { what: "is closed because nobody can be recognised", code: 4503 },
    { what: "is closed because something went wrong", code: 1011 },
    { what: "is closed because the reader was too slow", code: 4413 },
  ])("goes on after its newest event when the connection $what", async ({ code }) => {
    const graph = await start(forever);
    const troubles: string[] = [];
    const stream = connect(graph).follow(COUNTED, (newest) => ({ after: newest?.counted ?? null }), {
      onTrouble: (error) => troubles.push(error.code),
    });
    expect(await next(stream)).toBe(1);
    graph.hangUp(code);
    expect(await next(stream)).toBe(2);
    expect(graph.cursors).toEqual([null, 1]);
    expect(troubles).toEqual(["UNAVAILABLE"]);
    await stream.return(undefined);
  });

  it("takes a connection that fell silent for lost", async () => {
    const graph = await start(forever);
    const stream = connect(graph, { silenceMilliseconds: 60 }).follow(COUNTED, {});
    expect(await next(stream)).toBe(1);
    graph.fallSilent();
    expect(await next(stream)).toBe(1);
    await stream.return(undefined);
  });

  it("is tried again when the graph says that it is unavailable", async () => {
    const graph = await start(({ number }) => {
      if (number === 1) throw new GraphQLError("away", { extensions: { code: "UNAVAILABLE" } });
      return upTo(1);
    });
    const troubles: string[] = [];
    const onTrouble = ({ message }: TollgateError) => void troubles.push(message);
    expect(await all(connect(graph).follow(COUNTED, {}, { onTrouble }))).toEqual([1]);
    expect(troubles).toEqual(["away"]);
  });

  it("ends with the refusal of the graph", async () => {
    const graph = await start(() => {
      throw new GraphQLError("not yours", { extensions: { code: "NOT_FOUND" } });
    });
    const error = await all(connect(graph).follow(COUNTED, {})).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TollgateError);
    expect(error).toMatchObject({ code: "NOT_FOUND", message: "not yours" });
    expect(graph.cursors).toHaveLength(1);
  });

  it("ends when the organisation to narrow to is none", async () => {
    const graph = await start(
      () => upTo(1),
      () => ({ code: 4400, reason: "x-organisation-id has to be a UUID" }),
    );
    await expect(all(connect(graph).follow(COUNTED, {}))).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });

  it("is given up when the graph was never reached", async () => {
    const graph = await LiveGraph.start(() => upTo(1));
    await graph.stop();
    const troubles: TollgateError[] = [];
    const stream = connect(graph).follow(COUNTED, {}, { onTrouble: (error) => troubles.push(error) });
    await expect(next(stream)).rejects.toMatchObject({ code: "UNAVAILABLE", answered: false });
    expect(troubles).toHaveLength(3);
  });
});

describe("a token on a connection", () => {
  it.each([4401, 4403])("is renewed when the graph closes with %i", async (code) => {
    const graph = await start(forever);
    let issued = 0;
    const token = (refused: string | null) => (refused === null && issued > 0 ? `t${issued}` : `t${++issued}`);
    const stream = connect(graph, { credentials: { token } }).follow(COUNTED, {});
    expect(await next(stream)).toBe(1);
    graph.hangUp(code, "Session ended");
    expect(await next(stream)).toBe(1);
    expect(graph.shown.map(({ authorization }) => authorization)).toEqual(["Bearer t1", "Bearer t2"]);
    await stream.return(undefined);
  });

  it("ends the stream when it cannot be renewed", async () => {
    const graph = await start(
      () => upTo(1),
      () => ({ code: 4401, reason: "Unauthorized" }),
    );
    await expect(all(connect(graph).follow(COUNTED, {}))).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    expect(graph.shown).toHaveLength(1);
  });

  it("ends the stream when new ones are refused as well", async () => {
    const graph = await start(
      () => upTo(1),
      () => ({ code: 4401, reason: "Unauthorized" }),
    );
    let issued = 0;
    const tollgate = connect(graph, { credentials: { token: () => `t${++issued}` } });
    await expect(all(tollgate.follow(COUNTED, {}))).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    expect(graph.shown).toHaveLength(3);
  });

  it("that cannot be had ends the stream with the reason of its source", async () => {
    const graph = await start(() => upTo(1));
    const failing = () => Promise.reject(new RangeError("the vault is locked"));
    const stream = connect(graph, { credentials: { token: failing } }).follow(COUNTED, {});
    await expect(all(stream)).rejects.toThrow("the vault is locked");
  });
});

describe("a reader", () => {
  it("who is slow gets the newest event, and not all before it, if that is enough", async () => {
    const sent = Promise.withResolvers<void>();
    const graph = await start(async function* ({ gone }) {
      yield* upTo(1_000);
      sent.resolve();
      await new Promise((resolve) => gone.addEventListener("abort", resolve));
    });
    const stream = connect(graph).follow(COUNTED, {}, { keep: "newest" });
    await next(stream);
    await sent.promise;
    let reads = 1;
    while ((await next(stream)) !== 1_000) reads += 1;
    expect(reads).toBeLessThan(500);
    await stream.return(undefined);
  });

  it("who breaks off ends the subscription and closes the connection", async () => {
    const graph = await start(forever);
    for await (const { counted } of connect(graph).follow(COUNTED, {})) {
      expect(counted).toBe(1);
      break;
    }
    await vi.waitFor(() => expect(graph.connections).toBe(0));
  });

  it("is let go quietly when its signal is aborted", async () => {
    const graph = await start(forever);
    const enough = new AbortController();
    const stream = connect(graph).follow(COUNTED, {}, { signal: enough.signal });
    expect(await next(stream)).toBe(1);
    const rest = all(stream);
    enough.abort();
    expect(await rest).toEqual([]);
  });

  it("is let go when the client is closed", async () => {
    const graph = await start(forever);
    const tollgate = connect(graph);
    const stream = tollgate.follow(COUNTED, {});
    expect(await next(stream)).toBe(1);
    const rest = all(stream);
    await tollgate.close();
    expect(await rest).toEqual([]);
    expect(await all(tollgate.follow(COUNTED, {}))).toEqual([]);
  });

  it("is let go by a closed client although the connection is just lost", async () => {
    const graph = await start(forever);
    const tollgate = connect(graph, {
      retries: { firstWaitMilliseconds: 3_600_000, longestWaitMilliseconds: 3_600_000 },
    });
    const lost = Promise.withResolvers<void>();
    const stream = tollgate.follow(COUNTED, {}, { onTrouble: () => lost.resolve() });
    expect(await next(stream)).toBe(1);
    graph.hangUp();
    const rest = all(stream);
    await lost.promise;
    await tollgate.close();
    expect(await rest).toEqual([]);
  });

  it("may not follow what is no subscription", async () => {
    const query: TypedDocumentNode<object, Record<string, never>> = parse("{ nothing }");
    const graph = await start(forever);
    expect(() => connect(graph).follow(query, {})).toThrow(TypeError);
  });

  it("shares one connection with the others of the client", async () => {
    const graph = await start(forever);
    const tollgate = connect(graph);
    const streams = [tollgate.follow(COUNTED, {}), tollgate.follow(COUNTED, {})];
    expect(await Promise.all(streams.map(next))).toEqual([1, 1]);
    expect(graph.connections).toBe(1);
    for (const stream of streams) await stream.return(undefined);
  });
});
