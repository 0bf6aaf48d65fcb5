import {
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from "graphql";

interface Walk {
  schema: GraphQLSchema;
  document: DocumentNode;
  coordinates: ReadonlySet<string>;
  /** Fragments already walked: one that is spread many times, or in itself, costs one walk. */
  walked: Set<string>;
}

/**
 * Whether a document selects one of these fields (`User.email`), on the type itself or on an interface or union that it
 * belongs to. Conditions do not count: what may be left out may also be there.
 * @param schema of the supergraph; fields that only subgraphs have (`_entities`) are walked through
 */
export function selectsAny(schema: GraphQLSchema, document: DocumentNode, coordinates: ReadonlySet<string>): boolean {
  const walk: Walk = { schema, document, coordinates, walked: new Set() };
  return document.definitions.some(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      inSelections(walk, definition.selectionSet, schema.getRootType(definition.operation)?.name ?? null),
  );
}

function inSelections(walk: Walk, { selections }: SelectionSetNode, parent: string | null): boolean {
  return selections.some((selection) => {
    if (selection.kind === Kind.FIELD) return inField(walk, selection, parent);
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      return inSelections(walk, selection.selectionSet, selection.typeCondition?.name.value ?? parent);
    }
    return inFragment(walk, selection.name.value);
  });
}

function inFragment(walk: Walk, name: string): boolean {
  if (walk.walked.has(name)) return false;
  walk.walked.add(name);
  return walk.document.definitions.some(
    (definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION &&
      definition.name.value === name &&
      inSelections(walk, definition.selectionSet, definition.typeCondition.name.value),
  );
}

function inField({ schema, coordinates, ...walk }: Walk, field: FieldNode, parent: string | null): boolean {
  const name = field.name.value;
  const type = parent === null ? undefined : schema.getType(parent);
  const concrete = type && isAbstractType(type) ? schema.getPossibleTypes(type).map((possible) => possible.name) : [];
  if ([parent, ...concrete].some((owner) => coordinates.has(`${owner}.${name}`))) return true;
  if (!field.selectionSet) return false;
  const definition = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
  const returned = definition ? getNamedType(definition.type).name : null;
  return inSelections({ schema, coordinates, ...walk }, field.selectionSet, returned);
}
