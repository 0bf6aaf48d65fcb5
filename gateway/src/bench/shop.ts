import { composeServices } from "@apollo/composition";
import { parse } from "graphql";
import type { FixtureResolvers } from "../testing/service.js";

/** The small graph on which gateways are usually measured: accounts, inventory, products and reviews. */
const header = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires"])
`;

export const shopSdl: Readonly<Record<string, string>> = {
  accounts: `${header}
    type Query { me: User, users: [User] }
    type User @key(fields: "id") { id: ID!, name: String, username: String, birthday: Int }`,
  inventory: `${header}
    type Product @key(fields: "upc") {
      upc: String!, weight: Int @external, price: Int @external
      inStock: Boolean, shippingEstimate: Int @requires(fields: "price weight")
    }`,
  products: `${header}
    type Query { topProducts(first: Int = 5): [Product] }
    type Product @key(fields: "upc") { upc: String!, name: String, price: Int, weight: Int }`,
  reviews: `${header}
    type Review @key(fields: "id") { id: ID!, body: String, author: User, product: Product }
    type User @key(fields: "id") { id: ID!, reviews: [Review] }
    type Product @key(fields: "upc") { upc: String!, reviews: [Review] }`,
};

/** The same without federation. */
export const monolithSdl = `
  type Query { me: User, users: [User], topProducts(first: Int = 5): [Product] }
  type User { id: ID!, name: String, username: String, birthday: Int, reviews: [Review] }
  type Product { upc: String!, name: String, price: Int, weight: Int, inStock: Boolean, shippingEstimate: Int, reviews: [Review] }
  type Review { id: ID!, body: String, author: User, product: Product }
`;

interface Product {
  upc: string;
  price: number;
  weight: number;
}

const people = Array.from({ length: 6 }, (_, index) => ({
  id: `${index + 1}`,
  name: `Person ${index + 1}`,
  username: `person${index + 1}`,
  birthday: 1980 + index,
}));
const products = Array.from({ length: 9 }, (_, index) => ({
  upc: `${index + 1}`,
  name: `Thing ${index + 1}`,
  price: 100 * (index + 1),
  weight: 50 + index * 300,
}));
const reviews = Array.from({ length: 24 }, (_, index) => ({
  id: `${index + 1}`,
  body: `Review ${index + 1}: it does what it says, and no more.`,
  author: { id: `${(index % people.length) + 1}` },
  product: { upc: `${(index % products.length) + 1}` },
}));

const personOf = ({ id }: { id: string }) => people.find((one) => one.id === id) ?? null;
const productOf = ({ upc }: { upc: string }) => products.find((one) => one.upc === upc) ?? null;
const reviewsOfUser = ({ id }: { id: string }) => reviews.filter(({ author }) => author.id === id);
const reviewsOfProduct = ({ upc }: { upc: string }) => reviews.filter(({ product }) => product.upc === upc);
const isInStock = ({ upc }: { upc: string }) => Number(upc) % 2 === 0;
const shippingOf = ({ price, weight }: Product) => (price > 1_000 ? 0 : Math.round(weight / 2));
const top = (_parent: unknown, { first }: { first: number }) => products.slice(0, first);

export const shopResolvers: Readonly<Record<string, FixtureResolvers>> = {
  accounts: { Query: { me: () => people[0], users: () => people }, User: { __resolveReference: personOf } },
  inventory: {
    Product: { __resolveReference: (product: Product) => product, inStock: isInStock, shippingEstimate: shippingOf },
  },
  products: { Query: { topProducts: top }, Product: { __resolveReference: productOf } },
  reviews: {
    Review: { __resolveReference: ({ id }: { id: string }) => reviews.find((one) => one.id === id) ?? null },
    User: { __resolveReference: (user: object) => user, reviews: reviewsOfUser },
    Product: { __resolveReference: (product: object) => product, reviews: reviewsOfProduct },
  },
};

export const monolithResolvers = {
  Query: { me: () => people[0], users: () => people, topProducts: top },
  User: { reviews: reviewsOfUser },
  Product: { inStock: isInStock, shippingEstimate: shippingOf, reviews: reviewsOfProduct },
  Review: {
    author: ({ author }: { author: { id: string } }) => personOf(author),
    product: ({ product }: { product: { upc: string } }) => productOf(product),
  },
};

/** @param url where a subgraph answers */
export function shopSupergraph(url: (name: string) => string): string {
  const parts = Object.entries(shopSdl).map(([name, sdl]) => ({ name, url: url(name), typeDefs: parse(sdl) }));
  const { supergraphSdl, errors } = composeServices(parts);
  if (!supergraphSdl) throw new Error(`The graph does not compose: ${errors?.join("; ")}`);
  return supergraphSdl;
}

/** What is asked of every server, from one fetch to many entities. */
export const shopQueries: Readonly<Record<string, string>> = {
  light: "{ me { id name username } }",
  mixed: "{ topProducts(first: 5) { upc name inStock reviews { body author { name } } } }",
  heavy: `fragment U on User { id username name }
    fragment R on Review { id body }
    fragment P on Product { inStock name price shippingEstimate upc weight }
    { users { ...U reviews { ...R product { ...P reviews { ...R author { ...U reviews { ...R product { ...P } } } } } } }
      topProducts(first: 9) { ...P reviews { ...R author { ...U reviews { ...R product { ...P } } } } } }`,
};
