import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  parse,
  SingleFieldSubscriptionsRule,
  specifiedRules,
  type ValidationRule,
  validate,
} from "graphql";
import type { Limits } from "../limits/limits.js";
import { shapeRule } from "../limits/shape.js";
import type { LoadedSupergraph } from "../supergraph/load.js";
import { OperationCache } from "./operation-cache.js";

/** The rules beyond the specification's. */
export function ownRules(limits: Limits, explore: boolean): ValidationRule[] {
  return explore ? [shapeRule(limits)] : [shapeRule(limits), NoSchemaIntrospectionCustomRule];
}

/** Parses and validates what comes in over WebSockets; documents seen before are remembered. */
export class Documents {
  private readonly known: OperationCache<DocumentNode | readonly GraphQLError[]>;
  private readonly rules: readonly ValidationRule[];

  constructor(
    private readonly limits: Limits,
    private readonly explore: boolean,
  ) {
    this.known = new OperationCache(limits.plans);
    this.rules = [...specifiedRules, ...ownRules(limits, explore)];
  }

  /** The document of a text, or what is wrong with it. Never throws. */
  read(supergraph: LoadedSupergraph, source: string): DocumentNode | readonly GraphQLError[] {
    return this.known.find(supergraph, source, null, () => this.parseAndValidate(supergraph, source));
  }

  private parseAndValidate(supergraph: LoadedSupergraph, source: string): DocumentNode | readonly GraphQLError[] {
    const document = parseSafely(source, this.limits.tokens);
    if (document instanceof GraphQLError) return [withoutDocument(document)];
    const options = { hideSuggestions: !this.explore };
    const errors = validateSafely(supergraph.apiSchema, document, this.rules, options);
    return errors.length > 0 ? errors.map(withoutDocument) : document;
  }
}

/** The document of a text, or why it is none. Never throws. */
export function parseSafely(source: string, maxTokens: number): DocumentNode | GraphQLError {
  try {
    return parse(source, { maxTokens });
  } catch (error) {
    return withCode(error, "GRAPHQL_PARSE_FAILED");
  }
}

/**
 * Validates a document. graphql-js itself throws on some of them (such as `@include` with a variable on the root field of
 * a subscription), which would tear down the socket of whoever asks.
 */
export function validateSafely(
  schema: GraphQLSchema,
  document: DocumentNode,
  rules: readonly ValidationRule[],
  options: { hideSuggestions?: boolean } = {},
): readonly GraphQLError[] {
  try {
    return validate(schema, document, rules, options).map((error) => withCode(error, "GRAPHQL_VALIDATION_FAILED"));
  } catch (error) {
    return [withCode(error, "GRAPHQL_VALIDATION_FAILED")];
  }
}

/**
 * What is wrong with a text so that nothing but `validateSafely` may validate it; null when anything may. Most texts have
 * no subscription and cost no more than a search.
 */
export function unsafeToValidate(schema: GraphQLSchema, source: string, maxTokens: number): GraphQLError | null {
  if (!/\bsubscription\b/.test(source)) return null;
  const document = parseSafely(source, maxTokens);
  if (document instanceof GraphQLError) return null; // whoever parses it next says so
  return validateSafely(schema, document, [SingleFieldSubscriptionsRule])[0] ?? null;
}

/**
 * The same error at the same place, without what would be remembered along with it: the tree of the document, and the stack,
 * whose frames hold the connection of whoever asked first.
 */
function withoutDocument({ message, source, positions, extensions }: GraphQLError): GraphQLError {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return new GraphQLError(message, { source, positions, extensions });
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function withCode(error: unknown, code: string): GraphQLError {
  if (!(error instanceof GraphQLError))
    return new GraphQLError("The document cannot be validated", { extensions: { code } });
  const { nodes, source, positions } = error;
  return new GraphQLError(error.message, { nodes, source, positions, extensions: { code, ...error.extensions } });
}
