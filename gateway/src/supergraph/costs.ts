import {
  type ConstDirectiveNode,
  type ConstValueNode,
  type DirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  isTypeDefinitionNode,
  Kind,
} from "graphql";
import { linkUrl } from "./security-links.js";

/** How long a list is, by `@listSize`. */
export interface ListSize {
  /** Where no slicing argument says it; null when the directive does not tell either. */
  assumed: number | null;
  /** Arguments that say how long the list is at most. */
  slicing: readonly string[];
  /** Fields of the returned object that are the list, such as `nodes`; empty when the field itself is it. */
  sized: readonly string[];
}

/** What a supergraph says about the work that its types and fields make. */
export interface Costs {
  /** Weights by coordinate: `Vm`, `Query.vms`, `Query.vms(filter:)`. */
  weights: ReadonlyMap<string, number>;
  /** By field coordinate. */
  lists: ReadonlyMap<string, ListSize>;
}

/** Reads `@cost` and `@listSize` from a supergraph document. Weights of input fields are not read. */
export function readCosts(supergraph: DocumentNode): Costs {
  const names = directiveNames(supergraph);
  const weights = new Map<string, number>();
  const lists = new Map<string, ListSize>();
  const weigh = (coordinate: string, directives: readonly ConstDirectiveNode[] | undefined): void => {
    const weight = argumentsOf(find(directives, names.cost)).weight;
    if (weight?.kind === Kind.INT) weights.set(coordinate, Number(weight.value));
  };
  const readField = (type: string, field: FieldDefinitionNode): void => {
    const coordinate = `${type}.${field.name.value}`;
    weigh(coordinate, field.directives);
    for (const argument of field.arguments ?? []) weigh(`${coordinate}(${argument.name.value}:)`, argument.directives);
    const size = find(field.directives, names.listSize);
    if (size) lists.set(coordinate, listSizeOf(size));
  };
  for (const definition of supergraph.definitions) {
    if (!isTypeDefinitionNode(definition)) continue;
    const type = definition.name.value;
    weigh(type, definition.directives);
    const hasFields =
      definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION;
    if (hasFields) for (const field of definition.fields ?? []) readField(type, field);
  }
  return { weights, lists };
}

function listSizeOf(directive: ConstDirectiveNode): ListSize {
  const { assumedSize, slicingArguments, sizedFields } = argumentsOf(directive);
  return {
    assumed: assumedSize?.kind === Kind.INT ? Number(assumedSize.value) : null,
    slicing: textsOf(slicingArguments),
    sized: textsOf(sizedFields),
  };
}

/** What the directives are called here: a supergraph may link their specification with another name or import them. */
function directiveNames(supergraph: DocumentNode): { cost: string; listSize: string } {
  for (const definition of supergraph.definitions) {
    if (definition.kind !== Kind.SCHEMA_DEFINITION && definition.kind !== Kind.SCHEMA_EXTENSION) continue;
    const link = definition.directives?.find((directive) => linkUrl(directive).includes("/cost/"));
    if (!link) continue;
    const { as, import: imported } = argumentsOf(link);
    const namespace = as?.kind === Kind.STRING ? as.value : "cost";
    return {
      cost: importedName(imported, "@cost") ?? namespace,
      listSize: importedName(imported, "@listSize") ?? `${namespace}__listSize`,
    };
  }
  return { cost: "cost", listSize: "listSize" };
}

/** Imports are texts, or objects with a `name` and what it is called here. */
function importedName(imports: ConstValueNode | undefined, directive: string): string | null {
  if (imports?.kind !== Kind.LIST) return null;
  for (const entry of imports.values) {
    if (entry.kind === Kind.STRING && entry.value === directive) return directive.slice(1);
    if (entry.kind !== Kind.OBJECT) continue;
    const parts = Object.fromEntries(entry.fields.map((field) => [field.name.value, field.value]));
    const { name, as } = parts;
    if (name?.kind === Kind.STRING && name.value === directive && as?.kind === Kind.STRING) return as.value.slice(1);
  }
  return null;
}

function find(directives: readonly ConstDirectiveNode[] | undefined, name: string): ConstDirectiveNode | undefined {
  return directives?.find((directive) => directive.name.value === name);
}

function argumentsOf(directive: DirectiveNode | undefined): Record<string, ConstValueNode | undefined> {
  // In a schema all arguments of directives are constant.
  const given = (directive as ConstDirectiveNode | undefined)?.arguments ?? [];
  return Object.fromEntries(given.map((argument) => [argument.name.value, argument.value]));
}

function textsOf(value: ConstValueNode | undefined): string[] {
  if (value?.kind !== Kind.LIST) return [];
  return value.values.flatMap((one) => (one.kind === Kind.STRING ? [one.value] : []));
}
