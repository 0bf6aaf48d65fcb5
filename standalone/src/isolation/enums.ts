import { type GraphQLEnumType, getNamedType, isEnumType, isObjectType } from "graphql";
import { SUBGRAPH_NAMES } from "../graph/names.js";
import type { Subgraphs } from "../graph/subgraphs.js";
import type { EnumLookup } from "./values.js";

const camel = (name: string): string => name.replace(/_(\w)/g, (_all, letter: string) => letter.toUpperCase());
const pascal = (name: string): string => camel(`_${name}`);

/**
 * Finds the values of a text column among the enums of its subgraph: those of the field with the column's name, of the
 * type with the table's name or one like it, those of an enum with the column's name, or those that all types agree in.
 */
export const enumLookup =
  (subgraphs: Subgraphs): EnumLookup =>
  (table, column) => {
    const name = SUBGRAPH_NAMES.find((candidate) => candidate === table.schema);
    if (!name) return null;
    const { schema } = subgraphs[name];
    const type = pascal(table.name);
    const named = [`${type}${pascal(column)}`, pascal(column)].map((one) => schema.getType(one)).find(isEnumType);
    const found: { type: string; values: GraphQLEnumType }[] = [];
    for (const candidate of Object.values(schema.getTypeMap())) {
      if (!isObjectType(candidate)) continue;
      const values = getNamedType(candidate.getFields()[camel(column)]?.type);
      if (isEnumType(values)) found.push({ type: candidate.name, values });
    }
    const exact = found.find((one) => one.type === type);
    const alike = found.find((one) => type.endsWith(one.type) || one.type.startsWith(type));
    const all = new Set(found.map(({ values }) => values));
    const chosen = exact?.values ?? named ?? alike?.values ?? (all.size === 1 ? found[0]?.values : undefined);
    return chosen ? chosen.getValues().map((value) => value.name) : null;
  };
