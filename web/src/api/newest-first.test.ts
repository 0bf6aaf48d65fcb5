import { gql, InMemoryCache } from "@apollo/client";
import { describe, expect, it } from "vitest";
import { newestFirst } from "./newest-first.js";

const LIST = gql`query ($after: String) { wallet { id transactions(after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } } }`;

/** A wallet's list as the pages before it left it. */
function list() {
  const cache = new InMemoryCache({ typePolicies: { Wallet: { fields: { transactions: newestFirst([]) } } } });
  const write = (ids: string[], endCursor: string | null, after: string | null = null) =>
    cache.writeQuery({
      query: LIST,
      variables: { after },
      data: {
        wallet: {
          __typename: "Wallet",
          id: "w",
          transactions: {
            __typename: "PostingConnection",
            nodes: ids.map((id) => ({ __typename: "Posting", id })),
            pageInfo: { __typename: "PageInfo", hasNextPage: endCursor !== null, endCursor },
          },
        },
      },
    });
  const read = () => {
    const data = cache.readQuery<{
      wallet: {
        transactions: { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
      };
    }>({ query: LIST });
    const { nodes, pageInfo } = data?.wallet.transactions ?? { nodes: [], pageInfo: null };
    return { ids: nodes.map(({ id }) => id).join(""), pageInfo };
  };
  return { write, read };
}

describe("a list that grows at its top", () => {
  it("keeps what was loaded further down when its top is asked for anew", () => {
    const { write, read } = list();
    write(["e", "d"], "d");
    write(["c", "b"], "b", "d");
    write(["g", "f"], "f");
    expect(read().ids).toBe("gf");

    write(["e", "d"], "d", "f");
    write(["h", "g"], "g");
    expect(read()).toMatchObject({ ids: "hgfed", pageInfo: { hasNextPage: true, endCursor: "d" } });
  });

  it("takes a page once that was asked for twice", () => {
    const { write, read } = list();
    write(["e", "d"], "d");
    write(["c"], null, "d");
    write(["c"], null, "d");
    expect(read()).toMatchObject({ ids: "edc", pageInfo: { hasNextPage: false } });
  });

  it("takes what came into an empty list", () => {
    const { write, read } = list();
    write([], null);
    write(["a"], null);
    expect(read().ids).toBe("a");
  });
});
