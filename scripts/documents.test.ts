import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  buildSchema,
  type DocumentNode,
  isScalarType,
  isSpecifiedScalarType,
  Kind,
  NoDeprecatedCustomRule,
  NoUnusedFragmentsRule,
  parse,
  specifiedRules,
  validate,
} from "graphql";
import { describe, expect, it } from "vitest";
import config from "../codegen.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const schema = buildSchema(read("schema/api.graphql"));

interface Output {
  preset?: string;
  documents?: string;
  config?: { strictScalars?: boolean; scalars?: Record<string, string> };
}
// What codegen.ts has: its own type allows many other forms, of which a test below fails on each.
const outputs = (Object.entries(config.generates) as [string, Output][]).filter(([, { preset }]) => preset);

const filesOf = ({ documents = "" }: Output) => globSync(documents, { cwd: root }).sort();
const documentOf = (files: readonly string[]): DocumentNode => ({
  kind: Kind.DOCUMENT,
  definitions: files.flatMap((file) => parse(read(file)).definitions),
});

describe.each(outputs)("the documents of %s", (_, output) => {
  const files = filesOf(output);

  it("fit the composed graph, and ask for nothing that is deprecated", () => {
    expect(files.length).toBeGreaterThan(3);
    // The web app uses a fragment by itself, to write into its cache.
    const rules = specifiedRules.filter((rule) => rule !== NoUnusedFragmentsRule);
    const errors = validate(schema, documentOf(files), [...rules, NoDeprecatedCustomRule]);
    expect(errors.map(({ message }) => message)).toEqual([]);
  });

  it("have a name for every operation, which the log shows", () => {
    for (const definition of documentOf(files).definitions)
      if (definition.kind === Kind.OPERATION_DEFINITION) expect(definition.name?.value).toMatch(/^[A-Z]/);
  });

  it("get a type of ours for every scalar of the graph, and none that holds anything", () => {
    const { strictScalars, scalars = {} } = output.config ?? {};
    const own = Object.values(schema.getTypeMap()).filter((type) => isScalarType(type) && !isSpecifiedScalarType(type));
    expect(strictScalars).toBe(true);
    expect(Object.keys(scalars).sort()).toEqual(["ID", ...own.map(({ name }) => name)].sort());
    expect(Object.values(scalars)).not.toContain("any");
  });
});

describe("the documents' files", () => {
  it("are all among those that types are generated for", () => {
    const known = new Set(outputs.flatMap(([, output]) => filesOf(output)));
    const written = [
      ...globSync("web/src/**/*.graphql", { cwd: root }),
      ...globSync("schema/client/**/*.graphql", { cwd: root }),
    ];
    expect(written.filter((file) => !file.includes("node_modules") && !known.has(file))).toEqual([]);
  });
});

describe("the registers of trusted documents", () => {
  it.each([
    { register: "dashboard", documents: "web/src/**/*.graphql" },
    { register: "partner", documents: "schema/client/documents/*.graphql" },
  ])("of the $register have every operation with its fragments, by the hash of its text", ({ register, documents }) => {
    const entries = Object.entries(JSON.parse(read(`schema/trusted/${register}.json`)) as Record<string, string>);
    const names = entries.map(([hash, text]) => {
      expect(createHash("sha256").update(text).digest("hex")).toBe(hash);
      const document = parse(text);
      expect(validate(schema, document)).toEqual([]);
      return document.definitions.flatMap((definition) =>
        definition.kind === Kind.OPERATION_DEFINITION ? [definition.name?.value] : [],
      );
    });
    const written = documentOf(filesOf({ documents })).definitions.flatMap((definition) =>
      definition.kind === Kind.OPERATION_DEFINITION ? [definition.name?.value] : [],
    );
    expect(names.flat().sort()).toEqual(written.sort());
  });
});

describe("the partner client", () => {
  it("has a document for every field that the graph marks for partners", () => {
    const partnerDocuments = globSync("schema/client/documents/*.graphql", { cwd: root });
    const asked = new Set<string>();
    for (const definition of documentOf(partnerDocuments).definitions)
      if (definition.kind === Kind.OPERATION_DEFINITION)
        for (const field of definition.selectionSet.selections)
          if (field.kind === Kind.FIELD) asked.add(field.name.value);
    const marked = parse(read("schema/supergraph.graphql")).definitions.flatMap((definition) =>
      definition.kind === Kind.OBJECT_TYPE_DEFINITION &&
      ["Query", "Mutation", "Subscription"].includes(definition.name.value)
        ? (definition.fields ?? []).filter(({ directives = [] }) =>
            directives.some(
              ({ name, arguments: [first] = [] }) =>
                name.value === "tag" && first?.value.kind === Kind.STRING && first.value.value === "partner",
            ),
          )
        : [],
    );
    expect(marked.length).toBeGreaterThan(10);
    expect([...asked].sort()).toEqual(marked.map(({ name }) => name.value).sort());
  });
});
