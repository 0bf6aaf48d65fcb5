import {
  buildSchema,
  type ConstDirectiveNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  Kind,
  parse,
  valueFromASTUntyped,
} from "graphql";
import { apiSchemaOf, composeSupergraph } from "../graph/compose.js";
import { SUBGRAPH_NAMES, type SubgraphName } from "../graph/names.js";
import type { Subgraphs } from "../graph/subgraphs.js";

export type RootType = "Query" | "Mutation" | "Subscription";
export type Field = GraphQLField<unknown, unknown>;

/** Alternatives, each a set of permissions; empty where signing in is enough. */
type Guard = readonly (readonly string[])[];

/** The graph as it is composed from the subgraphs of this moment, with what it asks of callers. */
export class Graph {
  readonly supergraph: string;
  readonly schema: GraphQLSchema;
  private readonly guards: ReadonlyMap<string, Guard>;
  private readonly ownGuards = new Map<SubgraphName, ReadonlyMap<string, Guard>>();

  constructor(private readonly subgraphs: Subgraphs) {
    const parts = [...SUBGRAPH_NAMES].sort().map((name) => ({ name, sdl: subgraphs[name].sdl }));
    this.supergraph = composeSupergraph(parts);
    this.schema = buildSchema(apiSchemaOf(this.supergraph));
    this.guards = guardsIn(this.supergraph);
  }

  root(type: RootType): Field[] {
    return fieldsOf(this.objectType(type));
  }

  objectType(name: string): GraphQLObjectType {
    const type = this.schema.getType(name);
    if (!isObjectType(type)) throw new Error(`the graph has no type ${name}`);
    return type;
  }

  /** The subgraph that answers a root field. */
  ownerOf(type: RootType, field: string): SubgraphName {
    const owner = SUBGRAPH_NAMES.find((name) => {
      const root = this.subgraphs[name].schema.getType(type);
      return isObjectType(root) && field in root.getFields();
    });
    if (!owner) throw new Error(`no subgraph has ${type}.${field}`);
    return owner;
  }

  /** What a field asks: of itself, of its type and of what it returns. */
  guardsOf(type: string, field: Field): Guard[] {
    return guardsOfField(this.guards, type, field);
  }

  /** Whether the subgraph lets somebody have a field, by what its own schema asks: the gateway may have asked more before. */
  isAllowedBy(subgraph: SubgraphName, type: string, field: Field, permissions: readonly string[] | null): boolean {
    const known = this.ownGuards.get(subgraph) ?? guardsIn(this.subgraphs[subgraph].sdl);
    this.ownGuards.set(subgraph, known);
    return isMet(guardsOfField(known, type, field), permissions);
  }

  isPublic(type: string, field: Field): boolean {
    return this.guardsOf(type, field).length === 0;
  }

  /** @param permissions null for somebody who is not signed in. */
  isAllowed(type: string, field: Field, permissions: readonly string[] | null): boolean {
    return isMet(this.guardsOf(type, field), permissions);
  }
}

const guardsOfField = (guards: ReadonlyMap<string, Guard>, type: string, field: Field): Guard[] => {
  const result = getNamedType(field.type);
  const coordinates = [type, `${type}.${field.name}`, ...(isObjectType(result) ? [result.name] : [])];
  return coordinates.flatMap((coordinate) => {
    const guard = guards.get(coordinate);
    return guard ? [guard] : [];
  });
};

const isMet = (guards: readonly Guard[], permissions: readonly string[] | null): boolean =>
  guards.every(
    (guard) =>
      permissions !== null &&
      (guard.length === 0 || guard.some((all) => all.every((one) => permissions.includes(one)))),
  );

export const fieldsOf = (type: GraphQLObjectType): Field[] => Object.values(type.getFields());

const scopesOf = (directive: ConstDirectiveNode): string[][] => {
  const scopes = directive.arguments?.find((argument) => argument.name.value === "scopes");
  return scopes ? (valueFromASTUntyped(scopes.value) as string[][]) : []; // the schema was validated when it was built
};

const guardsIn = (sdl: string): Map<string, Guard> => {
  const guards = new Map<string, Guard>();
  const note = (coordinate: string, directives: readonly ConstDirectiveNode[] | undefined) => {
    for (const directive of directives ?? []) {
      if (directive.name.value === "requiresScopes") guards.set(coordinate, scopesOf(directive));
      else if (directive.name.value === "authenticated" && !guards.has(coordinate)) guards.set(coordinate, []);
    }
  };
  for (const definition of parse(sdl).definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.OBJECT_TYPE_EXTENSION) continue;
    note(definition.name.value, definition.directives);
    for (const field of definition.fields ?? []) note(`${definition.name.value}.${field.name.value}`, field.directives);
  }
  return guards;
};
