/** The part of GraphQL's resolve info that tells what was selected. */
export interface SelectionInfo {
  fieldNodes: readonly { selectionSet?: SelectedFields | undefined }[];
  fragments: Readonly<Record<string, { selectionSet: SelectedFields } | undefined>>;
}

interface SelectedFields {
  selections: readonly Selection[];
}

type Selection =
  | { kind: "Field" | "FragmentSpread"; name: { value: string } }
  | { kind: "InlineFragment"; selectionSet: SelectedFields };

const onlyId = (set: SelectedFields | undefined, info: SelectionInfo): boolean =>
  (set?.selections ?? []).every((selection) => {
    if (selection.kind === "InlineFragment") return onlyId(selection.selectionSet, info);
    if (selection.kind === "FragmentSpread") return onlyId(info.fragments[selection.name.value]?.selectionSet, info);
    return selection.name.value === "id" || selection.name.value === "__typename";
  });

/** Whether nothing but the key of an object is asked for, which is known without looking the object up. */
export const selectsOnlyId = (info: SelectionInfo): boolean =>
  info.fieldNodes.every((node) => onlyId(node.selectionSet, info));
