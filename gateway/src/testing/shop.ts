import { composeServices } from "@apollo/composition";
import { GraphQLError, parse } from "graphql";
import { EventSourceFixture } from "./events.js";
import { type HttpSubgraph, startHttpSubgraph } from "./http-subgraph.js";

const header = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@requiresScopes", "@authenticated"])
`;

const productsSdl = `${header}
  type Query { product(id: ID!): Product, asWhom: String, soldOut: String, secret: String @authenticated
    stock: Int @requiresScopes(scopes: [["stock:read"]]) }
  type Subscription { priceChanged: Product }
  type Product @key(fields: "id") { id: ID!, price: Int }
`;

const reviewsSdl = `${header}
  type Query { topReview: String, slowReview: String }
  type Product @key(fields: "id") { id: ID!, reviews: [String!] }
`;

/** Two subgraphs on ports of their own that know nothing of the gateway. */
export interface Shop {
  products: HttpSubgraph;
  reviews: HttpSubgraph;
  prices: EventSourceFixture<{ priceChanged: { id: string; price: number } }>;
  /** Resolves when `slowReview` is asked, which answers when `release` is called. */
  slowAsked: Promise<void>;
  release: () => void;
  /** The products anew, on the port where they were. */
  restartProducts: () => Promise<HttpSubgraph>;
  stop: () => Promise<void>;
}

export async function startShop(): Promise<Shop> {
  const prices: Shop["prices"] = new EventSourceFixture();
  const asked = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const startProducts = async (port?: number): Promise<HttpSubgraph> =>
    await startHttpSubgraph({
      sdl: productsSdl,
      ...(port !== undefined && { port }),
      resolvers: {
        Query: {
          product: (_parent: unknown, { id }: { id: string }) => ({ id, price: Number(id) * 10 }),
          asWhom: (_parent: unknown, _args: unknown, { authorization }: { authorization: string | null }) =>
            authorization,
          soldOut: () => {
            throw new GraphQLError("None left", { extensions: { code: "SOLD_OUT" } });
          },
          secret: () => "known",
          stock: () => 7,
        },
        Subscription: { priceChanged: { subscribe: () => prices.listen() } },
      },
    });
  const reviews = await startHttpSubgraph({
    sdl: reviewsSdl,
    resolvers: {
      Query: {
        topReview: () => "Splendid",
        slowReview: async () => {
          asked.resolve();
          await released.promise;
          return "at last";
        },
      },
      Product: { reviews: ({ id }: { id: string }) => [`Review of ${id}`] },
    },
  });
  const shop: Shop = {
    products: await startProducts(),
    reviews,
    prices,
    slowAsked: asked.promise,
    release: released.resolve,
    restartProducts: async () => {
      const { port } = shop.products;
      await shop.products.stop();
      shop.products = await startProducts(port);
      return shop.products;
    },
    stop: async () => {
      released.resolve();
      await Promise.all([shop.products.stop(), reviews.stop()]);
    },
  };
  return shop;
}

/** The supergraph of the shop with these addresses; without the reviews where they have none. */
export function shopSupergraph(addresses: { products: string; reviews?: string }): string {
  const { products, reviews } = addresses;
  const all = [
    { name: "products", url: products, typeDefs: parse(productsSdl) },
    ...(reviews === undefined ? [] : [{ name: "reviews", url: reviews, typeDefs: parse(reviewsSdl) }]),
  ];
  const { supergraphSdl, errors } = composeServices(all);
  if (!supergraphSdl) throw new Error((errors ?? []).map((error) => error.message).join("\n"));
  return supergraphSdl;
}
