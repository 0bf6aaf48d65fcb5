import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";
import type { Guard } from "../supergraph/directives.js";
import { type Condition, conditionsOf } from "./conditions.js";

/** One guarded type or field that an operation selects, under the conditions on its way. */
export interface Requirement {
  coordinate: string;
  guard: Guard;
  conditions: readonly Condition[];
}

interface Walk {
  schema: GraphQLSchema;
  guards: ReadonlyMap<string, Guard>;
  fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  found: Map<string, Requirement>;
  /** Fragments already walked under the same conditions: spreading one many times costs one walk. */
  walked: Set<string>;
}

/**
 * Everything guarded that an operation selects, so that a refusal costs no fetch. The guard of a type counts for every
 * field that returns it and every fragment on it. What a subgraph guards beyond this it refuses itself.
 */
export function findRequirements(
  schema: GraphQLSchema,
  guards: ReadonlyMap<string, Guard>,
  operation: OperationDefinitionNode,
  fragments: Readonly<Record<string, FragmentDefinitionNode>>,
): readonly Requirement[] {
  const root = schema.getRootType(operation.operation);
  if (!root) return [];
  const walk: Walk = { schema, guards, fragments, found: new Map(), walked: new Set() };
  walkSelections(walk, operation.selectionSet, root.name, []);
  return [...walk.found.values()];
}

function walkSelections(walk: Walk, selections: SelectionSetNode, parent: string, above: readonly Condition[]): void {
  for (const selection of selections.selections) {
    const conditions = conditionsOf(selection, above);
    if (conditions === "never") continue;
    if (selection.kind === Kind.FIELD) walkField(walk, selection, parent, conditions);
    else if (selection.kind === Kind.INLINE_FRAGMENT) {
      walkFragment(walk, selection.selectionSet, selection.typeCondition?.name.value ?? parent, conditions);
    } else {
      const fragment = walk.fragments[selection.name.value];
      const key = `${selection.name.value} ${conditionsKey(conditions)}`;
      if (!fragment || walk.walked.has(key)) continue;
      walk.walked.add(key);
      walkFragment(walk, fragment.selectionSet, fragment.typeCondition.name.value, conditions);
    }
  }
}

function walkFragment(walk: Walk, selections: SelectionSetNode, type: string, conditions: readonly Condition[]): void {
  note(walk, type, conditions);
  walkSelections(walk, selections, type, conditions);
}

function walkField(walk: Walk, field: FieldNode, parent: string, conditions: readonly Condition[]): void {
  const type = walk.schema.getType(parent);
  const definition = isObjectType(type) || isInterfaceType(type) ? type.getFields()[field.name.value] : undefined;
  if (!definition) return; // `__typename` and introspection are nobody's secret
  const returned = getNamedType(definition.type).name;
  note(walk, `${parent}.${field.name.value}`, conditions);
  note(walk, returned, conditions);
  if (field.selectionSet) walkSelections(walk, field.selectionSet, returned, conditions);
}

function note(walk: Walk, coordinate: string, conditions: readonly Condition[]): void {
  const guard = walk.guards.get(coordinate);
  if (guard) walk.found.set(`${coordinate} ${conditionsKey(conditions)}`, { coordinate, guard, conditions });
}

function conditionsKey(conditions: readonly Condition[]): string {
  return conditions
    .map((one) => `${one.is ? "" : "!"}${one.variable}`)
    .sort()
    .join(" ");
}
