import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type TypeDefinitionNode,
} from "graphql";
import { linkUrl } from "./security-links.js";

/** What a caller needs for one type or field: to be signed in, and one of the lists of permissions in full. */
export interface Guard {
  anyOf: readonly (readonly string[])[];
}

/** What the supergraph says about its types (`Vm`) and fields (`Vm.hourlyCost`) beside their shapes. */
export interface SchemaNotes {
  guards: ReadonlyMap<string, Guard>;
  /** Root subscription fields whose slow readers may miss all but the newest event. */
  newestWins: ReadonlySet<string>;
  /** Fields (`User.email`) whose value depends on the person who asks. */
  perPerson: ReadonlySet<string>;
}

/** Reads @authenticated, @requiresScopes and the tags from a supergraph document. */
export function readNotes(supergraph: DocumentNode): SchemaNotes {
  const names = directiveNames(supergraph);
  const guards = new Map<string, Guard>();
  const newestWins = new Set<string>();
  const perPerson = new Set<string>();
  const subscriptionType = subscriptionTypeName(supergraph);
  const note = (coordinate: string, directives: readonly ConstDirectiveNode[] | undefined): void => {
    const guard = readGuard(directives ?? [], names);
    if (guard) guards.set(coordinate, guard);
  };
  for (const definition of supergraph.definitions) {
    if (!isGuardable(definition)) continue;
    note(definition.name.value, definition.directives);
    for (const field of fieldsOf(definition)) {
      const coordinate = `${definition.name.value}.${field.name.value}`;
      note(coordinate, field.directives);
      if (hasTag(field, names.tag, "per-person")) perPerson.add(coordinate);
      if (definition.name.value === subscriptionType && hasTag(field, names.tag, "newest-wins")) {
        newestWins.add(field.name.value);
      }
    }
  }
  return { guards, newestWins, perPerson };
}

interface DirectiveNames {
  authenticated: string;
  requiresScopes: string;
  tag: string;
}

/** A supergraph may link a specification under another name (`as:`). */
function directiveNames(supergraph: DocumentNode): DirectiveNames {
  const names: DirectiveNames = { authenticated: "authenticated", requiresScopes: "requiresScopes", tag: "tag" };
  for (const definition of supergraph.definitions) {
    if (definition.kind !== Kind.SCHEMA_DEFINITION && definition.kind !== Kind.SCHEMA_EXTENSION) continue;
    for (const link of definition.directives ?? []) {
      const specification = /\/(authenticated|requiresScopes|tag)\//.exec(linkUrl(link))?.[1];
      const alias = link.arguments?.find((argument) => argument.name.value === "as")?.value;
      if (!specification || alias?.kind !== Kind.STRING) continue;
      if (specification === "authenticated") names.authenticated = alias.value;
      if (specification === "requiresScopes") names.requiresScopes = alias.value;
      if (specification === "tag") names.tag = alias.value;
    }
  }
  return names;
}

function subscriptionTypeName(supergraph: DocumentNode): string {
  for (const definition of supergraph.definitions) {
    if (definition.kind !== Kind.SCHEMA_DEFINITION) continue;
    const root = definition.operationTypes.find((type) => type.operation === "subscription");
    if (root) return root.type.name.value;
  }
  return "Subscription";
}

function isGuardable(definition: { kind: string }): definition is TypeDefinitionNode {
  return (
    definition.kind === Kind.OBJECT_TYPE_DEFINITION ||
    definition.kind === Kind.INTERFACE_TYPE_DEFINITION ||
    definition.kind === Kind.SCALAR_TYPE_DEFINITION ||
    definition.kind === Kind.ENUM_TYPE_DEFINITION
  );
}

function fieldsOf(definition: TypeDefinitionNode): readonly FieldDefinitionNode[] {
  const withFields =
    definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION;
  return withFields ? ((definition as ObjectTypeDefinitionNode).fields ?? []) : []; // both kinds have the same `fields`
}

function readGuard(directives: readonly ConstDirectiveNode[], names: DirectiveNames): Guard | null {
  const scopes = directives.find((directive) => directive.name.value === names.requiresScopes);
  if (scopes) return { anyOf: readScopes(scopes) };
  const signedIn = directives.some((directive) => directive.name.value === names.authenticated);
  return signedIn ? { anyOf: [] } : null;
}

function readScopes(directive: ConstDirectiveNode): string[][] {
  const value = directive.arguments?.find((argument) => argument.name.value === "scopes")?.value;
  if (value?.kind !== Kind.LIST) return [];
  return value.values.map((all) =>
    all.kind === Kind.LIST ? all.values.flatMap((scope) => (scope.kind === Kind.STRING ? [scope.value] : [])) : [],
  );
}

function hasTag(field: FieldDefinitionNode, tag: string, name: string): boolean {
  return (field.directives ?? []).some((directive) => {
    const value = directive.arguments?.find((argument) => argument.name.value === "name")?.value;
    return directive.name.value === tag && value?.kind === Kind.STRING && value.value === name;
  });
}
