import {
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isObjectType,
} from "graphql";
import { type Field, fieldsOf } from "./graph.js";
import { argumentsFor, type IdChoice } from "./inputs.js";

export interface SelectionRules {
  schema: GraphQLSchema;
  isAllowed: (type: string, field: Field) => boolean;
  /** For arguments of fields within. */
  ids: IdChoice;
}

/** Whether it is an entity, and with that a step further from where the selection began. */
const isEntity = (type: GraphQLObjectType): boolean => "id" in type.getFields();

/**
 * Everything that may be asked of a type, up to so many entities away; "" of a scalar, null where nothing may be.
 * Members of unions bear their type in the alias, because fields of one name need not be alike.
 */
export const selectionOf = (
  rules: SelectionRules,
  type: GraphQLOutputType,
  hops: number,
  path: readonly string[] = [],
): string | null => {
  const named = getNamedType(type);
  if (isAbstractType(named)) {
    const members = rules.schema.getPossibleTypes(named).flatMap((member) => {
      const fields = fieldsIn(rules, member, hops, path, `${member.name}_`);
      return fields === "" ? [] : [`... on ${member.name} { ${fields} }`];
    });
    return `{ __typename ${members.join(" ")} }`;
  }
  if (!isObjectType(named)) return "";
  const fields = fieldsIn(rules, named, hops, path, "");
  return fields === "" ? null : `{ __typename ${fields} }`;
};

const fieldsIn = (
  rules: SelectionRules,
  type: GraphQLObjectType,
  hops: number,
  path: readonly string[],
  prefix: string,
): string => {
  const left = isEntity(type) ? hops - 1 : hops;
  const fields = fieldsOf(type).flatMap((field) => {
    if (!rules.isAllowed(type.name, field)) return [];
    // What edges hold beside the cursor is in the nodes.
    if (field.name === "edges") return [`${prefix && `${prefix}edges: `}edges { cursor }`];
    const result = getNamedType(field.type);
    const leads = isObjectType(result) || isAbstractType(result);
    const isFurther = isObjectType(result) && isEntity(result);
    if (leads && (isFurther ? left < 1 : path.includes(result.name))) return [];
    const inner = selectionOf(rules, field.type, left, [...path, type.name]);
    if (inner === null) return [];
    return [`${prefix && `${prefix}${field.name}: `}${field.name}${literalArguments(rules, field)} ${inner}`];
  });
  return fields.join(" ");
};

const literalArguments = (rules: SelectionRules, field: Field): string =>
  argumentsText(rules.schema, argumentsFor(field, rules.ids));

/** Values of arguments as they stand in a document; "" without any. */
export const argumentsText = (schema: GraphQLSchema, given: Record<string, unknown>): string => {
  const values = Object.entries(given);
  if (values.length === 0) return "";
  const enums = new Set(
    Object.values(schema.getTypeMap())
      .filter(isEnumType)
      .flatMap((type) => type.getValues().map((value) => value.name)),
  );
  return `(${values.map(([name, value]) => `${name}: ${literal(value, enums)}`).join(", ")})`;
};

const literal = (value: unknown, enums: ReadonlySet<string>): string => {
  if (Array.isArray(value)) return `[${value.map((one) => literal(one, enums)).join(", ")}]`;
  if (value !== null && typeof value === "object") {
    return `{ ${Object.entries(value)
      .map(([name, one]) => `${name}: ${literal(one, enums)}`)
      .join(", ")} }`;
  }
  return typeof value === "string" && enums.has(value) ? value : JSON.stringify(value);
};
