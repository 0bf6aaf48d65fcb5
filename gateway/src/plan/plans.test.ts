import { parse } from "graphql";
import { describe, expect, it } from "vitest";
import { loadSupergraph } from "../supergraph/load.js";
import { fixtureSupergraphSdl } from "../testing/graph.js";
import { BoundedMap } from "./bounded-map.js";
import { Plans } from "./plans.js";

describe("plans", () => {
  const supergraph = loadSupergraph(fixtureSupergraphSdl);

  function plan(plans: Plans, source: string, name: string | null = null) {
    return plans.get(supergraph, source, parse(source), name);
  }

  it("are made once for a text and an operation name", () => {
    const plans = new Plans(10);
    const source = "query A { weather } query B { prices }";
    expect(plan(plans, source, "A")).toBe(plan(plans, source, "A"));
    expect(plan(plans, source, "A")).not.toBe(plan(plans, source, "B"));
    expect(plans.size).toBe(2);
  });

  it("are refused where the operation cannot be told", () => {
    const plans = new Plans(10);
    const source = "query A { weather } query B { prices }";
    expect(() => plan(plans, source, "C")).toThrow('The document has no operation named "C"');
    expect(() => plan(plans, source)).toThrow("The document has several operations: say which by operationName");
    expect(() => plan(plans, "{ weather }", "A")).toThrow('The document has no operation named "A"');
    expect(plans.size).toBe(0);
  });

  it("are forgotten when they were not used for longest", () => {
    const plans = new Plans(2);
    const first = plan(plans, "{ weather }");
    plan(plans, "{ prices }");
    expect(plan(plans, "{ weather }")).toBe(first);
    plan(plans, "{ serverTime }");
    expect(plan(plans, "{ weather }")).toBe(first);
    expect(plans.size).toBe(2);
  });

  it("of long operations are forgotten sooner", () => {
    const plans = new Plans(3);
    plan(plans, "{ weather }");
    plan(plans, `{ prices } # ${"x".repeat(5_000)}`);
    expect(plans.size).toBe(1);
  });

  it("know what their operations need, each once and under its conditions", () => {
    const { requirements } = plan(
      new Plans(1),
      `query ($cost: Boolean!, $not: Boolean!) {
        vms { ...machine ...machine other: id }
        me @skip(if: $not) { id }
        vm(id: "1") @include(if: false) { id }
      }
      fragment machine on Vm { hourlyCost @include(if: $cost) { formatted } }`,
    );
    const found = requirements.map(({ coordinate, conditions }) => [
      coordinate,
      ...conditions.map(({ variable, is }) => `${variable}=${is}`),
    ]);
    expect(found).toEqual([
      ["Query.vms"],
      ["Vm"],
      ["Vm.hourlyCost", "cost=true"],
      ["Query.me", "not=false"],
      ["User", "not=false"],
    ]);
  });
});

describe("a bounded map", () => {
  it("keeps what was read or written last", () => {
    const map = new BoundedMap<string, number>(2);
    map.set("a", 1);
    map.set("b", 2);
    map.get("a");
    map.set("c", 3);
    expect([map.get("a"), map.get("b"), map.get("c")]).toEqual([1, undefined, 3]);
  });

  it("makes room for what weighs more, and keeps nothing that weighs too much", () => {
    const map = new BoundedMap<string, number>(10);
    map.set("a", 1, 4);
    map.set("b", 2, 4);
    map.set("c", 3, 6);
    expect([map.get("a"), map.get("b"), map.get("c")]).toEqual([undefined, 2, 3]);
    map.set("d", 4, 11);
    map.set("c", 5, 1);
    map.set("e", 6, 5);
    expect([map.get("b"), map.get("c"), map.get("d"), map.get("e")]).toEqual([2, 5, undefined, 6]);
  });
});
