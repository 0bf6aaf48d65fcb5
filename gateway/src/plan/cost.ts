import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type OperationDefinitionNode,
  type SelectionSetNode,
  valueFromAST,
} from "graphql";
import type { Costs, ListSize } from "../supergraph/costs.js";
import { areMet, type Condition, conditionsOf } from "./conditions.js";

type Variables = Readonly<Record<string, unknown>>;

/** A list of which nothing is known is taken for this long. */
const unknownListLength = 10;
/** A mutation that names no weight. */
const mutationWeight = 10;

/** One field of an operation: what it costs by itself, and what is below each of its items. */
interface CostedField {
  conditions: readonly Condition[];
  /** Of the field and its arguments, once. */
  weight: number;
  /** Of each item that it returns. */
  itemWeight: number;
  length: Length;
  below: readonly CostedField[];
}

/** How many items a field returns, found out with the variables of a request. */
type Length = (variables: Variables) => number;

const one: Length = () => 1;

/** The estimated cost of an operation, which depends on its variables. */
export type OperationCost = (variables: Variables) => number;

/**
 * Estimates by `@cost` and `@listSize` before anything is fetched: an object weighs 1 and a leaf 0 unless they say
 * otherwise, a field's own weight counts once, and what is in a list as often as the list is long. What is below
 * fragments of several types is added up, so that the estimate is never too low.
 * @param operation of a shape that was found small enough
 */
export function costOf(
  schema: GraphQLSchema,
  costs: Costs,
  operation: OperationDefinitionNode,
  fragments: Readonly<Record<string, FragmentDefinitionNode>>,
): OperationCost {
  const root = schema.getRootType(operation.operation);
  if (!root) return () => 0;
  const base = operation.operation === "mutation" ? mutationWeight : 0;
  const fields = new Compiler(schema, costs, fragments).fieldsOf(operation.selectionSet, root.name, [], null, base);
  return (variables) => Math.ceil(total(fields, variables));
}

function total(fields: readonly CostedField[], variables: Variables): number {
  let sum = 0;
  for (const { conditions, weight, itemWeight, length, below } of fields) {
    if (!areMet(conditions, variables)) continue;
    sum += weight + length(variables) * (itemWeight + total(below, variables));
  }
  return sum;
}

/** The list that a field's parent has sized: which of its fields it is, and how long. */
interface Sized {
  fields: readonly string[];
  length: Length;
}

class Compiler {
  constructor(
    private readonly schema: GraphQLSchema,
    private readonly costs: Costs,
    private readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>,
  ) {}

  /** @param base the weight of a field that has none of its own */
  fieldsOf(
    selections: SelectionSetNode,
    parent: string,
    above: readonly Condition[],
    sized: Sized | null,
    base: number,
  ): CostedField[] {
    return selections.selections.flatMap((selection) => {
      const conditions = conditionsOf(selection, above);
      if (conditions === "never") return [];
      if (selection.kind === "Field") return this.field(selection, parent, conditions, sized, base);
      const fragment = selection.kind === "InlineFragment" ? selection : this.fragments[selection.name.value];
      if (!fragment) return [];
      const type = fragment.typeCondition?.name.value ?? parent;
      return this.fieldsOf(fragment.selectionSet, type, conditions, sized, base);
    });
  }

  private field(
    node: FieldNode,
    parent: string,
    conditions: readonly Condition[],
    sized: Sized | null,
    base: number,
  ): CostedField[] {
    const type = this.schema.getType(parent);
    const definition = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined;
    if (!definition) return []; // `__typename` and introspection cost nothing
    const coordinate = `${parent}.${definition.name}`;
    const returned = getNamedType(definition.type);
    const listSize = this.costs.lists.get(coordinate);
    const length = listSize ? lengthOf(node, definition, listSize) : null;
    const givesSizes = listSize !== undefined && listSize.sized.length > 0;
    const fromParent = sized?.fields.includes(definition.name) ? sized.length : null;
    const own = givesSizes ? null : length;
    const below = node.selectionSet
      ? this.fieldsOf(
          node.selectionSet,
          returned.name,
          [],
          givesSizes && length ? { fields: listSize.sized, length } : null,
          0,
        )
      : [];
    return [
      {
        conditions,
        weight: (this.costs.weights.get(coordinate) ?? base) + this.argumentWeight(node, coordinate),
        itemWeight: this.costs.weights.get(returned.name) ?? (isLeafType(returned) ? 0 : 1),
        length: own ?? fromParent ?? (isList(definition) ? () => unknownListLength : one),
        below,
      },
    ];
  }

  private argumentWeight(node: FieldNode, coordinate: string): number {
    const weights = (node.arguments ?? []).map(
      (argument) => this.costs.weights.get(`${coordinate}(${argument.name.value}:)`) ?? 0,
    );
    return weights.reduce((sum, weight) => sum + weight, 0);
  }
}

function isList({ type }: GraphQLField<unknown, unknown>): boolean {
  return isListType(isNonNullType(type) ? type.ofType : type);
}

/** The largest of the slicing arguments, else what is assumed. */
function lengthOf(node: FieldNode, definition: GraphQLField<unknown, unknown>, listSize: ListSize): Length {
  const readers = listSize.slicing.flatMap((name) => {
    const argument = definition.args.find((candidate) => candidate.name === name);
    if (!argument) return [];
    const given = node.arguments?.find((candidate) => candidate.name.value === name)?.value;
    return [
      (variables: Variables): unknown => {
        const value = given ? valueFromAST(given, argument.type, { ...variables }) : undefined;
        return value === undefined ? argument.defaultValue : value;
      },
    ];
  });
  return (variables) => {
    const lengths = readers.map((read) => read(variables)).filter((value) => typeof value === "number");
    return lengths.length > 0 ? Math.max(0, ...lengths) : (listSize.assumed ?? unknownListLength);
  };
}
