import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildSchema, parse, validate } from "graphql";
import { describe, expect, it } from "vitest";

const at = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

// A front-end of its own, which no server package may import: it is read as a newcomer's browser would read it.
const { examples } = (await import(at("gateway/graphiql/src/examples.ts"))) as {
  examples: readonly { query: string }[];
};

describe("the examples in GraphiQL", () => {
  const schema = buildSchema(readFileSync(at("schema/api.graphql"), "utf8"));

  it("are there for every subgraph", () => {
    expect(examples.length).toBeGreaterThanOrEqual(5);
  });

  it.each(examples.map(({ query }) => [query.split("\n", 1)[0], query]))(
    "%s: asks for what the graph has",
    (_title, query) => {
      expect(validate(schema, parse(query ?? "")).map((error) => error.message)).toEqual([]);
    },
  );
});
