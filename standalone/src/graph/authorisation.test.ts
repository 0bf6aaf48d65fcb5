import { readFileSync } from "node:fs";
import { PERMISSIONS } from "@tollgate/organisations";
import {
  buildSchema,
  type ConstDirectiveNode,
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  isObjectType,
  valueFromASTUntyped,
} from "graphql";
import { describe, expect, it } from "vitest";
import { SUBGRAPH_NAMES } from "./names.js";

/** Fields that anybody may ask for; each has a reason in the contract of the graph. */
const PUBLIC = ["Mutation.signIn", "Mutation.verifyChallenge", "Mutation.resendChallenge", "Mutation.refreshSession"];
/** Types with an id that are no entities of anybody. */
const UNGUARDED = ["Challenge", "UploadTarget", "NotFoundProblem"];

const known = new Set(PERMISSIONS.map((permission) => permission.key));

const guards = (directives: readonly ConstDirectiveNode[] | undefined) =>
  (directives ?? []).filter((directive) => ["authenticated", "requiresScopes"].includes(directive.name.value));

const scopesOf = (directive: ConstDirectiveNode): string[] => {
  const scopes = directive.arguments?.find((argument) => argument.name.value === "scopes");
  return scopes ? (valueFromASTUntyped(scopes.value) as string[][]).flat() : [];
};

const schemaOf = (name: string) => {
  const sdl = readFileSync(new URL(`../../../schema/${name}.graphql`, import.meta.url), "utf8");
  // Federation's directives are known to its own tools; here their uses are read, not checked.
  return buildSchema(sdl, { assumeValidSDL: true });
};

const fieldsOf = (type: GraphQLObjectType): GraphQLField<unknown, unknown>[] => Object.values(type.getFields());

/** Guarded by itself, by its type, or by what it returns. */
const isGuarded = (type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): boolean => {
  const result = getNamedType(field.type);
  return (
    guards(field.astNode?.directives).length > 0 ||
    guards(type.astNode?.directives).length > 0 ||
    (isObjectType(result) && guards(result.astNode?.directives).length > 0)
  );
};

describe.each([...SUBGRAPH_NAMES])("%s", (name) => {
  const schema = schemaOf(name);
  const objects = Object.values(schema.getTypeMap()).filter(
    (type) => isObjectType(type) && !type.name.startsWith("__"),
  );
  const types = objects as GraphQLObjectType[]; // filtered by isObjectType just above
  const roots = ["Query", "Mutation", "Subscription"];

  it("names for every root field the permission it needs, or is on the short public list", () => {
    const open = types
      .filter((type) => roots.includes(type.name))
      .flatMap((type) =>
        fieldsOf(type)
          .filter((field) => !isGuarded(type, field))
          .map((field) => `${type.name}.${field.name}`),
      );
    expect(open.filter((field) => !PUBLIC.includes(field))).toEqual([]);
  });

  it("guards every type that has an id, and every field that it adds to another subgraph's entity", () => {
    for (const type of types) {
      if (roots.includes(type.name) || UNGUARDED.includes(type.name) || !type.getFields()["id"]) continue;
      const isOwn = guards(type.astNode?.directives).length > 0;
      const added = fieldsOf(type).filter((field) => field.name !== "id");
      const open = isOwn ? [] : added.filter((field) => !isGuarded(type, field)).map((field) => field.name);
      expect(open, `${type.name} has fields that name no permission`).toEqual([]);
    }
  });

  it("asks only for permissions that the registry has", () => {
    const asked = types.flatMap((type) => [
      ...guards(type.astNode?.directives).flatMap(scopesOf),
      ...fieldsOf(type).flatMap((field) => guards(field.astNode?.directives).flatMap(scopesOf)),
    ]);
    expect(asked.filter((permission) => !known.has(permission))).toEqual([]);
  });
});
