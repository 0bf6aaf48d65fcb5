import "reflect-metadata";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { printSchemaWithDirectives } from "@graphql-tools/utils";
import { type GraphQLSchema, parse } from "graphql";
import { buildSchema, createResolversMap, type PubSub } from "type-graphql";
import type { OperationContext } from "./context.js";
import { guardSchema } from "./guard.js";
import type { TypeClass } from "./outcome.js";

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires", "@tag", "@authenticated", "@requiresScopes", "@cost", "@listSize"])
`;

/** TypeGraphQL refuses subscriptions without one, even where each brings its own source of events. */
const noPubSub: PubSub = {
  publish() {
    throw new Error("nobody publishes through TypeGraphQL");
  },
  subscribe() {
    throw new Error("every subscription brings its own `subscribe`");
  },
};

/** Finds an entity by its key for another subgraph; null when the caller's estate has none. */
export type ReferenceResolver = (
  key: { id: string },
  context: OperationContext,
) => Promise<object | null> | object | null;

/**
 * A Federation 2 subgraph from instances of resolver classes.
 * @param references how entities are found, by type name.
 * @param orphanedTypes types that no root field leads to.
 */
export const buildSubgraph = async (
  resolvers: readonly object[],
  references: Readonly<Record<string, ReferenceResolver>>,
  orphanedTypes: readonly TypeClass[] = [],
): Promise<{ schema: GraphQLSchema; sdl: string }> => {
  const instances = new Map(resolvers.map((instance) => [instance.constructor, instance]));
  const base = await buildSchema({
    // The library wants a tuple of constructors; ours are those of the instances given.
    resolvers: [...instances.keys()] as never,
    container: { get: (type: never) => instances.get(type) },
    orphanedTypes: [...orphanedTypes] as never,
    pubSub: noPubSub,
    skipCheck: true,
    validate: false,
  });
  const sdl = `${LINK}\n${printSchemaWithDirectives(base)}\n`;
  // biome-ignore lint/suspicious/noExplicitAny: the map's own type is loose, and we add to it.
  const map: Record<string, any> = createResolversMap(base);
  for (const [type, resolve] of Object.entries(references)) {
    map[type] = {
      ...map[type],
      __resolveReference: async (key: { id: string }, context: OperationContext) => {
        const entity = await resolve(key, context);
        return entity === null ? null : { __typename: type, ...key, ...entity };
      },
    };
  }
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: map }]);
  guardSchema(schema);
  return { schema, sdl };
};
