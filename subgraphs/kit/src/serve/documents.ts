import {
  type ASTVisitor,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  type ValidationContext,
  validate,
} from "graphql";
import { asGraphQLError } from "../subgraph/errors.js";

/** Lexical tokens of a stranger's document; what the gateway plans is checked there. */
const STRANGER_TOKENS = 2_000;
const GATEWAY_TOKENS = 50_000;
const REMEMBERED = 1_000;

type Read = DocumentNode | readonly GraphQLError[];

/** Only the gateway may join entities and read the schema: for others every way into a type is a root field. */
const noWayAround = (context: ValidationContext): ASTVisitor => ({
  Field: (node) => {
    const name = node.name.value;
    if (name === "_entities" || name === "_service")
      context.reportError(new GraphQLError(`${name} is for the gateway alone`, { nodes: node }));
  },
});

const STRANGER_RULES = [...specifiedRules, NoSchemaIntrospectionCustomRule, noWayAround];

/** Documents by their text, parsed and validated once; the ones used longest ago are forgotten. */
export class ReadDocuments {
  private readonly known = new Map<string, Read>();

  constructor(private readonly schema: GraphQLSchema) {}

  read(text: string, isGateway: boolean): Read {
    // A plan is written for one schema; were it read with a stranger's rules, or the other way round, one could pass as the other.
    const key = `${isGateway ? "gateway" : "stranger"} ${text}`;
    const known = this.known.get(key);
    if (known) {
      this.known.delete(key);
      this.known.set(key, known);
      return known;
    }
    const read = this.readAnew(text, isGateway);
    this.known.set(key, read);
    const [oldest] = this.known.keys();
    if (this.known.size > REMEMBERED && oldest !== undefined) this.known.delete(oldest);
    return read;
  }

  /** graphql-js throws within `validate` for some documents; for the client it is a refusal all the same. */
  private readAnew(text: string, isGateway: boolean): Read {
    try {
      const document = parse(text, { maxTokens: isGateway ? GATEWAY_TOKENS : STRANGER_TOKENS });
      const errors = validate(this.schema, document, isGateway ? specifiedRules : STRANGER_RULES);
      return errors.length > 0 ? errors : document;
    } catch (error) {
      return [asGraphQLError(error)];
    }
  }
}
