import {
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isUnionType,
} from "graphql";
import type { Table } from "./catalogue.js";
import type { Field } from "./graph.js";
import { entityOf } from "./values.js";

/** A place in the arguments of a field that takes an id: `filter.organisationId`, `input.vmIds`. */
export interface Slot {
  path: readonly string[];
  isList: boolean;
  isRequired: boolean;
}

const DEEPEST = 5;

/** All places of a field's arguments that take ids, through input objects. */
export const slotsOf = (field: Field): Slot[] =>
  field.args.flatMap((argument) => slotsIn(argument.type, [argument.name], true));

const slotsIn = (type: GraphQLInputType, path: readonly string[], isOnTheWay: boolean): Slot[] => {
  if (path.length > DEEPEST) return [];
  const isRequired = isOnTheWay && isNonNullType(type);
  const plain = getNullableType(type);
  const named = getNamedType(type);
  if (isInputObjectType(named)) {
    return Object.values(named.getFields()).flatMap((field) => slotsIn(field.type, [...path, field.name], isRequired));
  }
  return named.name === "ID" ? [{ path, isList: isListType(plain), isRequired }] : [];
};

const snake = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace("whats_app", "whatsapp");

/** The types that a field leads to, without what only wraps them. */
const resultNames = (field: Field): string[] => {
  const named = getNamedType(field.type);
  const types = isUnionType(named) ? named.getTypes().slice(0, 1) : [named];
  return types.map((type) => snake(type.name).replace(/_(connection|change|received|result)$/, ""));
};

/** The table whose ids a slot takes, as well as names tell; null where they do not. */
export const entityOfSlot = (tables: readonly Table[], schema: string, field: Field, slot: Slot): string | null => {
  const name = snake(slot.path.at(-1) ?? "");
  if (name !== "id" && name !== "ids") return entityOf(tables, schema, name.replace(/_ids$/, "_id"));
  for (const result of resultNames(field)) {
    const entity = entityOf(tables, schema, `${result}_id`);
    if (entity) return entity;
  }
  const within = tables.filter((table) => snake(field.name).includes(table.name));
  return within.sort((a, b) => b.name.length - a.name.length)[0]?.name ?? null;
};
