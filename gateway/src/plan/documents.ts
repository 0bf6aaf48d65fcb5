import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  type ValidationRule,
  validate,
} from "graphql";
import type { Limits } from "../limits/limits.js";
import { shapeRule } from "../limits/shape.js";
import type { LoadedSupergraph } from "../supergraph/load.js";
import { BoundedMap } from "./bounded-map.js";
import { hashOf } from "./plans.js";

/** The rules beyond the specification's. */
export function ownRules(limits: Limits, explore: boolean): ValidationRule[] {
  return explore ? [shapeRule(limits)] : [shapeRule(limits), NoSchemaIntrospectionCustomRule];
}

/** Parses and validates what comes in over WebSockets; documents seen before are remembered. */
export class Documents {
  private readonly valid: BoundedMap<string, DocumentNode>;
  private readonly rules: readonly ValidationRule[];

  constructor(
    private readonly limits: Limits,
    explore: boolean,
  ) {
    this.valid = new BoundedMap(limits.plans);
    this.rules = [...specifiedRules, ...ownRules(limits, explore)];
  }

  /** The document of a text, or what is wrong with it. Never throws. */
  read(supergraph: LoadedSupergraph, source: string): DocumentNode | readonly GraphQLError[] {
    const key = `${supergraph.id} ${hashOf(source)}`;
    const known = this.valid.get(key);
    if (known) return known;
    const document = parseSafely(source, this.limits.tokens);
    if (document instanceof GraphQLError) return [document];
    const errors = validateSafely(supergraph.apiSchema, document, this.rules);
    if (errors.length > 0) return errors;
    this.valid.set(key, document);
    return document;
  }
}

function parseSafely(source: string, maxTokens: number): DocumentNode | GraphQLError {
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
): readonly GraphQLError[] {
  try {
    return validate(schema, document, rules).map((error) => withCode(error, "GRAPHQL_VALIDATION_FAILED"));
  } catch (error) {
    return [withCode(error, "GRAPHQL_VALIDATION_FAILED")];
  }
}

function withCode(error: unknown, code: string): GraphQLError {
  if (!(error instanceof GraphQLError))
    return new GraphQLError("The document cannot be validated", { extensions: { code } });
  const { nodes, source, positions } = error;
  return new GraphQLError(error.message, { nodes, source, positions, extensions: { code, ...error.extensions } });
}
