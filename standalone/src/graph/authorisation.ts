import { PERMISSIONS } from "@tollgate/organisations";
import {
  buildSchema,
  type ConstDirectiveNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  valueFromASTUntyped,
} from "graphql";

/** Fields that anybody may ask for; each has a reason in the contract of the graph. */
const PUBLIC = [
  ...["signIn", "verifyChallenge", "resendChallenge", "refreshSession", "signUp", "acceptInvitation"],
  ...["requestPasswordReset", "resetPassword", "requestEmailVerification", "verifyEmail"],
  ...["registerWorkerNode", "sendHeartbeat"],
]
  .map((name) => `Mutation.${name}`)
  .concat(["Query.isSignUpOpen", "Query.invitation"]);
/** Types with an id that are no entities of anybody. */
const UNGUARDED = ["Challenge", "UploadTarget", "NotFoundProblem"];
const ROOTS = ["Query", "Mutation", "Subscription"];

type Field = GraphQLField<unknown, unknown>;

const known = new Set(PERMISSIONS.map((permission) => permission.key));

const guards = (directives: readonly ConstDirectiveNode[] | undefined) =>
  (directives ?? []).filter((directive) => ["authenticated", "requiresScopes"].includes(directive.name.value));

const scopesOf = (directive: ConstDirectiveNode): string[] => {
  const scopes = directive.arguments?.find((argument) => argument.name.value === "scopes");
  return scopes ? (valueFromASTUntyped(scopes.value) as string[][]).flat() : []; // a list of lists, by the directive
};

const fieldsOf = (type: GraphQLObjectType): Field[] => Object.values(type.getFields());
const isGuardedType = (type: unknown): boolean => isObjectType(type) && guards(type.astNode?.directives).length > 0;

/** Guarded by itself, by its type, or by what it returns. */
const isGuarded = (type: GraphQLObjectType, field: Field): boolean =>
  guards(field.astNode?.directives).length > 0 || isGuardedType(type) || isGuardedType(getNamedType(field.type));

const objectsOf = (schema: GraphQLSchema): GraphQLObjectType[] =>
  Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => !type.name.startsWith("_"));

/** Rule 1: every root field names what it needs, or is public. */
const openRoots = (types: readonly GraphQLObjectType[]): string[] =>
  types
    .filter((type) => ROOTS.includes(type.name))
    .flatMap((type) => fieldsOf(type).map((field) => ({ name: `${type.name}.${field.name}`, type, field })))
    .filter(({ name, type, field }) => !isGuarded(type, field) && !PUBLIC.includes(name))
    .map(({ name }) => `${name} names no permission and is not public`);

/** Rules 2 and 3: so does every type with an id, and every field that is added to another subgraph's entity. */
const openEntities = (types: readonly GraphQLObjectType[]): string[] =>
  types
    .filter((type) => !ROOTS.includes(type.name) && !UNGUARDED.includes(type.name) && type.getFields()["id"])
    .filter((type) => !isGuardedType(type))
    .flatMap((type) => fieldsOf(type).map((field) => ({ type, field })))
    .filter(({ type, field }) => field.name !== "id" && !isGuarded(type, field))
    .map(({ type, field }) => `${type.name}.${field.name} names no permission, nor does its type`);

/** Rule 4: what a public field leads to is values alone. */
const guardedBehindPublic = (schema: GraphQLSchema, types: readonly GraphQLObjectType[]): string[] => {
  const found: string[] = [];
  const seen = new Set<string>();
  const walk = (type: unknown, from: string): void => {
    if (isUnionType(type) || isInterfaceType(type)) {
      for (const member of schema.getPossibleTypes(type)) walk(member, from);
    } else if (isObjectType(type) && !seen.has(`${from} ${type.name}`)) {
      seen.add(`${from} ${type.name}`);
      if (isGuardedType(type)) found.push(`${from} is public and leads to ${type.name}, which is guarded`);
      for (const field of fieldsOf(type)) {
        if (guards(field.astNode?.directives).length > 0)
          found.push(`${from} is public and leads to ${type.name}.${field.name}, which is guarded`);
        walk(getNamedType(field.type), from);
      }
    }
  };
  for (const type of types.filter(({ name }) => ROOTS.includes(name))) {
    for (const field of fieldsOf(type).filter((one) => !isGuarded(type, one))) {
      walk(getNamedType(field.type), `${type.name}.${field.name}`);
    }
  }
  return found;
};

const guardedInterfaces = (schema: GraphQLSchema): string[] =>
  Object.values(schema.getTypeMap())
    .filter(isInterfaceType)
    .filter((type) =>
      [type.astNode, ...Object.values(type.getFields()).map((field) => field.astNode)].some(
        (node) => guards(node?.directives).length > 0,
      ),
    )
    .map((type) => `${type.name} is an interface, and those carry no permissions`);

const unknownPermissions = (types: readonly GraphQLObjectType[]): string[] =>
  types
    .flatMap((type) => [type, ...fieldsOf(type)].flatMap(({ name, astNode }) => ({ type, name, astNode })))
    .flatMap(({ type, name, astNode }) =>
      guards(astNode?.directives)
        .flatMap(scopesOf)
        .filter((permission) => !known.has(permission))
        .map((permission) => `${type.name} (${name}) asks for ${permission}, which no role can hold`),
    );

/** Where a subgraph's schema breaks the rules of authorisation; one sentence each. */
export const authorisationFaults = (sdl: string): string[] => {
  // Federation's directives are known to its own tools; here their uses are read, not checked.
  const schema = buildSchema(sdl, { assumeValidSDL: true });
  const types = objectsOf(schema);
  return [
    ...openRoots(types),
    ...openEntities(types),
    ...guardedBehindPublic(schema, types),
    ...guardedInterfaces(schema),
    ...unknownPermissions(types),
  ];
};
