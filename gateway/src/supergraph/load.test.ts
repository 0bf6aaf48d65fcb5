import { describe, expect, it } from "vitest";
import { fixtureSupergraphSdl } from "../testing/graph.js";
import { loadSupergraph } from "./load.js";

describe("a supergraph", () => {
  it("is planned with although its links are marked for security, because the gateway enforces them", () => {
    expect(fixtureSupergraphSdl).toMatch(/requiresScopes\/v[\d.]+", for: SECURITY/);
    const { subgraphs, notes } = loadSupergraph(fixtureSupergraphSdl);
    expect([...subgraphs].sort()).toEqual(["accounts", "billing", "telemetry"]);
    expect(notes.guards.get("Query.me")).toEqual({ anyOf: [] });
    expect(notes.guards.get("User")).toEqual({ anyOf: [] });
    expect(notes.guards.get("Vm.hourlyCost")).toEqual({ anyOf: [["price:read"], ["billing:manage", "vm:read"]] });
    expect(notes.guards.has("Query.weather")).toBe(false);
    expect(notes.newestWins).toEqual(new Set(["vmSamples", "refusingNewest"]));
  });

  it("is refused when it is marked for a security feature that nobody enforces", () => {
    const policy = `@link(url: "https://specs.apollo.dev/policy/v0.1", for: SECURITY)\n{`;
    const sdl = fixtureSupergraphSdl.replace("{", `${policy}`);
    expect(() => loadSupergraph(sdl)).toThrow();
  });

  it("is read under the names that its links give the directives", () => {
    const sdl = fixtureSupergraphSdl
      .replace(/(authenticated\/v[\d.]+")/, `$1, as: "signedIn"`)
      .replaceAll("@authenticated", "@signedIn");
    expect(loadSupergraph(sdl).notes.guards.get("Query.me")).toEqual({ anyOf: [] });
  });

  it("has the same id for the same text, and another for another", () => {
    const { id } = loadSupergraph(fixtureSupergraphSdl);
    expect(loadSupergraph(fixtureSupergraphSdl).id).toBe(id);
    expect(loadSupergraph(`${fixtureSupergraphSdl}\n# changed`).id).not.toBe(id);
  });
});
