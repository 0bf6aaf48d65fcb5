import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { changeOf, compareSchemas, releaseSchema, schemaHistory } from "./schema-history.mjs";

const vm = (fields: string) => `type Query { vm: Vm } type Vm { id: ID! ${fields} }`;
const announced = (...breaking: string[]) => ({ name: "a.json", why: "because", breaking });

describe("the step from one schema to the next", () => {
  it("may add", () => {
    expect(compareSchemas(vm(""), vm("name: String"), [])).toEqual({ complaints: [], notes: [] });
  });

  it("may not break clients unless a change file says so", () => {
    const gone = "Vm.name was removed.";
    expect(compareSchemas(vm("name: String"), vm(""), []).complaints).toEqual([expect.stringContaining(gone)]);
    expect(compareSchemas(vm("name: String"), vm(""), [announced(gone)]).complaints).toEqual([]);
  });

  it("may not be announced without being made", () => {
    const { complaints } = compareSchemas(vm(""), vm(""), [announced("Vm.name was removed.")]);
    expect(complaints).toEqual(["a.json names what is not so: Vm.name was removed."]);
  });

  it("tells what may surprise clients", () => {
    const states = (values: string) => `type Query { state: State } enum State { ${values} }`;
    const { complaints, notes } = compareSchemas(states("ON"), states("ON OFF"), []);
    expect(complaints).toEqual([]);
    expect(notes).toEqual(["OFF was added to enum type State."]);
  });
});

describe("a change file", () => {
  it.each([
    { what: "no reason", content: { breaking: ["x"] } },
    { what: "no change", content: { why: "because", breaking: [] } },
    { what: "a change that is no text", content: { why: "because", breaking: [1] } },
    { what: "something that nobody reads", content: { why: "because", breaking: ["x"], dangerous: ["y"] } },
  ])("with $what is refused", ({ content }) => {
    expect(() => changeOf("a.json", JSON.stringify(content))).toThrow(/a\.json/);
  });
});

describe("a release of the schema", () => {
  let folder: string;
  const write = (path: string, text: string) => writeFileSync(join(folder, path), text);
  const read = (path: string) => readFileSync(join(folder, path), "utf8");

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tollgate-schema-"));
    for (const place of ["schema/history", "schema/changes"]) mkdirSync(join(folder, place), { recursive: true });
    write("schema/history/released.graphql", vm("name: String"));
    write("schema/api.graphql", vm(""));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const announce = () =>
    write("schema/changes/drop-name.json", JSON.stringify({ why: "unused", breaking: ["Vm.name was removed."] }));

  it("begins anew: what was announced is kept under its version, and counts no more", () => {
    announce();
    expect(releaseSchema("1.2.0", folder).complaints).toEqual([]);
    expect(schemaHistory(folder)).toEqual({ complaints: [], notes: [] });
    expect(read("schema/history/released.graphql")).toBe(vm(""));
    expect(read("schema/history/1.2.0/api.graphql")).toBe(vm(""));
    expect(read("schema/history/1.2.0/drop-name.json")).toContain("unused");
    expect(existsSync(join(folder, "schema/changes/drop-name.json"))).toBe(false);
  });

  it("is refused while something is broken without a word", () => {
    expect(releaseSchema("1.2.0", folder).complaints).toEqual([expect.stringContaining("Vm.name was removed.")]);
    expect(read("schema/history/released.graphql")).toBe(vm("name: String"));
  });

  it("is refused under a version that is none, or that there is already", () => {
    announce();
    expect(releaseSchema("next", folder).complaints).toEqual(['"next" is no version such as 1.2.0']);
    expect(releaseSchema("1.2.0", folder).complaints).toEqual([]);
    expect(releaseSchema("1.2.0", folder).complaints).toEqual(["1.2.0 has been released already"]);
  });
});
