import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { authorisationFaults } from "./authorisation.js";
import { SUBGRAPH_NAMES } from "./names.js";

const guardedUser = `type User @key(fields: "id") @requiresScopes(scopes: [["user:read"]]) { id: ID! name: String }`;

describe("the rules of authorisation, which generating the graph checks", () => {
  it.each([...SUBGRAPH_NAMES])("hold in %s", (name) => {
    const sdl = readFileSync(new URL(`../../../schema/${name}.graphql`, import.meta.url), "utf8");
    expect(authorisationFaults(sdl)).toEqual([]);
  });

  it("want a permission for every root field that is not on the short public list", () => {
    expect(authorisationFaults("type Query { open: String } type Mutation { signIn: String }")).toEqual([
      "Query.open names no permission and is not public",
    ]);
    expect(authorisationFaults(`${guardedUser} type Query { user: User named: Int @authenticated }`)).toEqual([]);
  });

  it("want one for every type with an id, and for what is added to another's entity", () => {
    const added = `type User @key(fields: "id") { id: ID! roles: [String!] kept: Int @authenticated }`;
    expect(authorisationFaults(`${added} type Query { a: Int @authenticated }`)).toEqual([
      "User.roles names no permission, nor does its type",
    ]);
  });

  it("let a public field lead to nothing that is guarded", () => {
    const indirectly = "type SignedIn { at: Int inner: Inner } type Inner { secret: Int @authenticated user: User }";
    expect(
      authorisationFaults(
        `${guardedUser} ${indirectly} type Query { a: Int @authenticated } type Mutation { signIn: SignedIn }`,
      ),
    ).toEqual([
      "Mutation.signIn is public and leads to Inner.secret, which is guarded",
      "Mutation.signIn is public and leads to User, which is guarded",
    ]);
  });

  it("refuse permissions on interfaces, and those that nobody can hold", () => {
    const shape = "interface Shape @authenticated { size: Int }";
    expect(authorisationFaults(`${shape} type Query { a: Int @requiresScopes(scopes: [["vm:raed"]]) }`)).toEqual([
      "Shape is an interface, and those carry no permissions",
      "Query (a) asks for vm:raed, which no role can hold",
    ]);
  });
});
