import {
  type ConstDirectiveNode,
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  valueFromASTUntyped,
} from "graphql";
import { requirePermission } from "../caller/caller.js";
import { ForbiddenFault, NotFoundFault, UnauthenticatedFault } from "../faults/fault.js";
import type { OperationContext } from "./context.js";
import { recordedMutation, recordRefusal } from "./recorded.js";
import { ForbiddenProblem, NotFoundProblem } from "./types.js";

/** What the schema asks of the caller: any of the alternatives, each a set of permissions. Null asks nothing. */
interface Requirement {
  alternatives: readonly (readonly string[])[];
}

type Resolver = GraphQLFieldResolver<unknown, OperationContext>;
type FieldOf = GraphQLField<unknown, OperationContext>;

const requirementOf = (directives: readonly ConstDirectiveNode[] | undefined): Requirement[] =>
  (directives ?? []).flatMap((directive) => {
    if (directive.name.value === "authenticated") return [{ alternatives: [] }];
    if (directive.name.value !== "requiresScopes") return [];
    const scopes = directive.arguments?.find((argument) => argument.name.value === "scopes");
    // The schema was validated when it was built: scopes is a list of lists of strings.
    return scopes ? [{ alternatives: valueFromASTUntyped(scopes.value) as string[][] }] : [];
  });

const check = (requirements: readonly Requirement[], context: OperationContext): void => {
  const { caller } = context;
  for (const { alternatives } of requirements) {
    if (caller.kind === "ANONYMOUS") throw new UnauthenticatedFault();
    const [first] = alternatives;
    if (!first) continue;
    const held = alternatives.some((permissions) =>
      permissions.every((permission) => caller.kind === "SYSTEM" || caller.permissions.has(permission)),
    );
    if (!held) for (const permission of first) requirePermission(caller, permission);
  }
};

const firstPermission = (requirements: readonly Requirement[]): string | null =>
  requirements.flatMap(({ alternatives }) => alternatives.flat())[0] ?? null;

/** Refused and foreign accesses of a query enter the audit trail; of a mutation everything does. */
const isRecorded = (refusal: unknown): boolean =>
  refusal instanceof NotFoundFault ||
  refusal instanceof ForbiddenFault ||
  refusal instanceof NotFoundProblem ||
  refusal instanceof ForbiddenProblem;

const guardField = (type: GraphQLObjectType, field: FieldOf, own: readonly Requirement[], isRoot: boolean): void => {
  const requirements = [...own, ...requirementOf(field.astNode?.directives)];
  const result = getNamedType(field.type);
  if (isObjectType(result)) requirements.push(...requirementOf(result.astNode?.directives));
  if (requirements.length === 0 && !isRoot) return;
  const recorded = { name: `${type.name}.${field.name}`, action: firstPermission(requirements) };
  const guarded = (resolve: Resolver): Resolver => {
    if (!isRoot) {
      return (source, args, context, info) => {
        check(requirements, context);
        return resolve(source, args, context, info);
      };
    }
    if (type.name === "Mutation") {
      return (source, args, context, info) =>
        recordedMutation(context, recorded, async () => {
          check(requirements, context);
          return await resolve(source, args, context, info);
        });
    }
    return async (source, args, context, info) => {
      try {
        check(requirements, context);
        const value: unknown = await resolve(source, args, context, info);
        if (isRecorded(value)) recordRefusal(context, recorded, value);
        return value;
      } catch (error) {
        if (isRecorded(error)) recordRefusal(context, recorded, error);
        throw error;
      }
    };
  };
  if (type.name === "Subscription" && field.subscribe) field.subscribe = guarded(field.subscribe);
  else field.resolve = guarded(field.resolve ?? defaultFieldResolver);
};

/**
 * Makes the schema's `@authenticated` and `@requiresScopes` count, on fields, on what they return and on every field of
 * a guarded type, so that no way into a type leads past its law.
 */
export const guardSchema = (schema: GraphQLSchema): void => {
  const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith("_")) continue;
    const own = requirementOf(type.astNode?.directives);
    for (const field of Object.values(type.getFields())) {
      if (field.name.startsWith("_")) continue;
      guardField(type, field, own, roots.has(type));
    }
  }
};
