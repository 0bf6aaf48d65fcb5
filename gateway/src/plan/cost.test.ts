import { buildSchema, type FragmentDefinitionNode, Kind, parse } from "graphql";
import { describe, expect, it } from "vitest";
import { readCosts } from "../supergraph/costs.js";
import { costOf } from "./cost.js";

const sdl = `
  schema @link(url: "https://specs.apollo.dev/cost/v0.1", import: ["@cost", { name: "@listSize", as: "@length" }]) {
    query: Query
    mutation: Mutation
  }
  directive @link(url: String!, import: [Import!]) repeatable on SCHEMA
  scalar Import
  directive @cost(weight: Int!) on FIELD_DEFINITION | ARGUMENT_DEFINITION | OBJECT | SCALAR
  directive @length(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!]) on FIELD_DEFINITION
  type Query {
    vm: Vm
    vms(first: Int = 20, search: String @cost(weight: 5)): VmConnection @length(slicingArguments: ["first"], sizedFields: ["edges", "nodes"])
    top(first: Int): [Vm!]! @length(slicingArguments: ["first"], assumedSize: 3)
    all: [Vm]
    names: [String!]
    report: Report @cost(weight: 200)
  }
  type Mutation { stop: Vm, start: Vm @cost(weight: 50) }
  type VmConnection { edges: [Edge!]!, nodes: [Vm!]!, totalCount: Int }
  type Edge { cursor: String!, node: Vm! }
  type Vm { id: ID!, disks: [Disk!]!, chart: Chart }
  type Disk { bytes: String! }
  type Chart @cost(weight: 7) { points: [Pixel!] }
  scalar Pixel @cost(weight: 2)
  type Report { text: String }
`;
const schema = buildSchema(sdl);
const costs = readCosts(parse(sdl));

function costIn(query: string, variables: Record<string, unknown> = {}): number {
  const document = parse(query);
  const operation = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  if (!operation) throw new Error("the document has no operation");
  const fragments: Record<string, FragmentDefinitionNode> = {};
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  return costOf(schema, costs, operation, fragments)(variables);
}

describe("the estimated cost of an operation", () => {
  it.each([
    { what: "an object weighs 1, a leaf nothing", query: "{ vm { id } }", cost: 1 },
    { what: "introspection costs nothing", query: "{ __schema { types { name } } __typename }", cost: 0 },
    { what: "a list of unknown length has ten items", query: "{ all { id } }", cost: 10 },
    { what: "leaves of a list cost nothing", query: "{ names }", cost: 0 },
    { what: "the default of a slicing argument counts", query: "{ vms { nodes { id } } }", cost: 1 + 20 },
    { what: "the argument counts", query: "{ vms(first: 3) { nodes { id } totalCount } }", cost: 1 + 3 },
    {
      what: "sized fields are each as long",
      query: "{ vms(first: 3) { edges { node { id } } } }",
      cost: 1 + 3 * (1 + 1),
    },
    { what: "arguments have weights", query: '{ vms(first: 3, search: "a") { nodes { id } } }', cost: 1 + 5 + 3 },
    { what: "an assumed size counts without the argument", query: "{ top { id } }", cost: 3 },
    { what: "lists multiply", query: "{ top(first: 4) { disks { bytes } } }", cost: 4 * (1 + 10) },
    { what: "fields have weights", query: "{ report { text } }", cost: 200 + 1 },
    { what: "types and scalars have weights", query: "{ vm { chart { points } } }", cost: 1 + 7 + 10 * 2 },
    { what: "a mutation costs ten", query: "mutation { stop { id } }", cost: 10 + 1 },
    { what: "a mutation's own weight counts", query: "mutation { start { id } }", cost: 50 + 1 },
    { what: "aliases count each", query: "{ a: vm { id } b: vm { id } }", cost: 2 },
    {
      what: "fragments count as often as they are spread",
      query: "{ a: vm { ...f } b: vm { ...f ... { ...f } } } fragment f on Vm { chart { points } }",
      cost: 1 + 27 + 1 + 27 * 2,
    },
    { what: "nothing costs less than nothing", query: "{ vms(first: -5) { nodes { id } } }", cost: 1 },
  ])("$what", ({ query, cost }) => {
    expect(costIn(query)).toBe(cost);
  });

  it("depends on the variables", () => {
    const query = `query ($n: Int = 7, $charts: Boolean!) { top(first: $n) { id chart @include(if: $charts) { points } } }`;
    expect(costIn(query, { n: 7, charts: false })).toBe(7);
    expect(costIn(query, { n: 50, charts: false })).toBe(50);
    expect(costIn(query, { n: 50, charts: true })).toBe(50 * (1 + 27));
    expect(costIn(query, { charts: false })).toBe(3);
  });

  it("goes by the names that a supergraph links the directives under", () => {
    const renamed = `schema @link(url: "https://specs.apollo.dev/cost/v0.1", as: "price") { query: Query }
      type Query { a: String @price(weight: 4), b: [String] @price__listSize(assumedSize: 9) }`;
    const { weights, lists } = readCosts(parse(renamed));
    expect([...weights]).toEqual([["Query.a", 4]]);
    expect([...lists]).toEqual([["Query.b", { assumed: 9, slicing: [], sized: [] }]]);
  });
});
