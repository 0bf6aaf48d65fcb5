import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { parse } from "graphql";
import { afterEach, expect } from "vitest";
import { Tollgate, type TollgateOptions } from "../client.js";
import { TollgateError } from "../errors.js";
import { type Asked, type HttpGraph, type Reply, startHttpGraph } from "./http-graph.js";

export const NAME: TypedDocumentNode<{ name: string | null; age: number | null }, Record<string, never>> = parse(
  "query Name { name age }",
);
export const RENAME: TypedDocumentNode<{ rename: boolean | null }, { to: string }> = parse(
  "mutation Rename($to: String!) { rename(to: $to) }",
);
export const named: Reply = { body: { data: { name: "Ada", age: 36 } } };

const graphs: HttpGraph[] = [];
afterEach(async () => {
  for (const graph of graphs.splice(0)) await graph.stop();
});

/** A graph that answers so, and a client of it; both are gone after the test. */
export async function start(reply: (asked: Asked, number: number) => Reply, options: Partial<TollgateOptions> = {}) {
  const graph = await startHttpGraph(reply);
  graphs.push(graph);
  const retries = { firstWaitMilliseconds: 1, longestWaitMilliseconds: 2 };
  return { graph, tollgate: new Tollgate({ url: graph.url, credentials: { token: "t1" }, retries, ...options }) };
}

/** What a call fails with. */
export async function failureOf(call: Promise<unknown>): Promise<TollgateError> {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(TollgateError);
  return error as TollgateError; // just seen
}
