import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildSchema } from "graphql";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const read = (path: string) => readFileSync(`${root}/${path}`, "utf8");

/** All sources of tests, those that they share included. */
const tests = globSync("{subgraphs,standalone}/**/src/**/{*.test.ts,testing/**/*.ts}", {
  cwd: root,
  exclude: ["**/node_modules/**"],
})
  .map(read)
  .join("\n");

/** Replaying dead letters is one resolver of the kit for all five subgraphs. */
const SHARED = /^replay\w+DeadLetters$/;

it("every mutation of the graph runs in some test, where one that leaves no record in the trail fails", () => {
  const mutations = Object.keys(buildSchema(read("schema/api.graphql")).getMutationType()?.getFields() ?? {});
  expect(mutations.length).toBeGreaterThan(40);
  const unseen = mutations.filter((name) => !SHARED.test(name) && !new RegExp(`\\b${name}\\b`).test(tests));
  expect(unseen).toEqual([]);
});
