import type { SubgraphRequest } from "@tollgate/kit/protocol";
import { type ArgumentNode, type DocumentNode, type FieldNode, Kind } from "graphql";

const ARGUMENT = "after";

/** The same subscription, from behind an event that was seen: its root field has an argument `after`. */
export function resumedAfter(request: SubgraphRequest, cursor: string): SubgraphRequest {
  const given = rootField(request.document)?.arguments?.find(({ name }) => name.value === ARGUMENT);
  if (given?.value.kind === Kind.VARIABLE) {
    return { ...request, variables: { ...request.variables, [given.value.name.value]: cursor } };
  }
  return { ...request, document: withArgument(request.document, cursor) };
}

function rootField(document: DocumentNode): FieldNode | undefined {
  const [operation] = document.definitions.flatMap((one) => (one.kind === Kind.OPERATION_DEFINITION ? [one] : []));
  const [field] = operation?.selectionSet.selections ?? [];
  return field?.kind === Kind.FIELD ? field : undefined;
}

function withArgument(document: DocumentNode, cursor: string): DocumentNode {
  const argument: ArgumentNode = {
    kind: Kind.ARGUMENT,
    name: { kind: Kind.NAME, value: ARGUMENT },
    value: { kind: Kind.STRING, value: cursor },
  };
  const root = rootField(document);
  const definitions = document.definitions.map((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION) return definition;
    const selections = definition.selectionSet.selections.map((selection) => {
      if (selection.kind !== Kind.FIELD || selection !== root) return selection;
      const others = (selection.arguments ?? []).filter(({ name }) => name.value !== ARGUMENT);
      return { ...selection, arguments: [...others, argument] };
    });
    return { ...definition, selectionSet: { ...definition.selectionSet, selections } };
  });
  return { kind: document.kind, definitions };
}
