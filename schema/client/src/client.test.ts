import { describe, expect, it, vi } from "vitest";
import { Tollgate } from "./client.js";
import { PlaceOrderDocument, WalletByIdDocument, WalletsDocument } from "./gql/graphql.js";
import { failureOf, NAME, named, RENAME, start } from "./testing/asking.js";
import { refusing } from "./testing/http-graph.js";

describe("a request", () => {
  it("carries the document, its variables, who asks, for which organisation and in which language", async () => {
    const organisationId = "0198c2a0-0000-7000-8000-000000000001";
    const { tollgate, graph } = await start(() => ({ body: { data: { wallet: null } } }), {
      organisationId,
      locale: "en-ZA",
    });
    expect(await tollgate.query(WalletByIdDocument, { id: "w1" })).toEqual({ wallet: null });
    const [asked] = graph.asked;
    expect(asked).toMatchObject({ operationName: "WalletById", variables: { id: "w1" } });
    expect(asked?.query).toContain("fragment WalletParts on Wallet");
    expect(asked?.headers).toMatchObject({
      authorization: "Bearer t1",
      "x-organisation-id": organisationId,
      "accept-language": "en-ZA",
    });
  });

  it("shows an API key instead of a token", async () => {
    const { tollgate, graph } = await start(() => named, { credentials: { apiKey: "k1" } });
    await tollgate.query(NAME);
    expect(graph.asked[0]?.headers["x-api-key"]).toBe("k1");
    expect(graph.asked[0]?.headers.authorization).toBeUndefined();
  });

  it("finds the graph below the path that Tollgate is served under", async () => {
    const { graph } = await start(() => named);
    const paths: string[] = [];
    const tollgate = new Tollgate({
      url: `${graph.url}/cloud`,
      credentials: { token: "t" },
      fetch: (input, init) => {
        paths.push(new URL(String(input)).pathname);
        return fetch(input, init);
      },
    });
    await tollgate.query(NAME);
    expect(paths).toEqual(["/cloud/graphql"]);
  });
});

describe("a read", () => {
  it.each([
    { what: "the graph is unavailable", first: refusing("UNAVAILABLE") },
    { what: "it came too often", first: refusing("RATE_LIMITED") },
    { what: "a proxy has nothing behind it", first: { status: 503, body: "<html>" } },
    { what: "the connection breaks off", first: null },
  ])("is tried again when $what", async ({ first }) => {
    const { tollgate, graph } = await start((_, number) => (number < 3 ? first : named));
    expect(await tollgate.query(NAME)).toEqual({ name: "Ada", age: 36 });
    expect(graph.asked).toHaveLength(3);
  });

  it("fails as the last attempt did", async () => {
    const { tollgate, graph } = await start(() => refusing("UNAVAILABLE"));
    const error = await failureOf(tollgate.query(NAME));
    expect(error).toMatchObject({ code: "UNAVAILABLE", answered: true, isTemporary: true });
    expect(graph.asked).toHaveLength(4);
  });

  it.each(["FORBIDDEN", "NOT_FOUND", "INVALID_INPUT", "INTERNAL", "CONFLICT"])(
    "is not tried again after %s",
    async (code) => {
      const { tollgate, graph } = await start(() => refusing(code));
      expect(await failureOf(tollgate.query(NAME))).toMatchObject({ code, isTemporary: false });
      expect(graph.asked).toHaveLength(1);
    },
  );

  it("refuses a document that changes something, because it might be repeated", async () => {
    const { tollgate, graph } = await start(() => named);
    await expect(tollgate.query(RENAME, { to: "Bo" })).rejects.toThrow(TypeError);
    expect(graph.asked).toEqual([]);
  });

  it("reads all pages of a list", async () => {
    const page = (id: string, endCursor: string | null) => ({
      data: { wallets: { nodes: [{ id }], pageInfo: { hasNextPage: endCursor !== null, endCursor } } },
    });
    const { tollgate, graph } = await start(({ variables }) => ({
      body: variables.after === "c1" ? page("w2", null) : page("w1", "c1"),
    }));
    const ids: string[] = [];
    for await (const { nodes } of tollgate.pages(WalletsDocument, { first: 1 }, ({ wallets }) => wallets))
      ids.push(...nodes.map(({ id }) => id));
    expect(ids).toEqual(["w1", "w2"]);
    expect(graph.asked.map(({ variables }) => variables)).toEqual([
      { first: 1, after: null },
      { first: 1, after: "c1" },
    ]);
  });
});

describe("a mutation", () => {
  it.each([
    { what: "the graph is unavailable", reply: refusing("UNAVAILABLE"), code: "UNAVAILABLE", isUncertain: true },
    { what: "it came too often", reply: refusing("RATE_LIMITED"), code: "RATE_LIMITED", isUncertain: false },
    { what: "the connection breaks off", reply: null, code: "UNAVAILABLE", isUncertain: true },
    { what: "the token is refused", reply: refusing("UNAUTHENTICATED"), code: "UNAUTHENTICATED", isUncertain: false },
  ])("is sent once although $what", async ({ reply, code, isUncertain }) => {
    const { tollgate, graph } = await start(() => reply, { credentials: { token: () => "t" } });
    const error = await failureOf(tollgate.mutate(RENAME, { to: "Bo" }));
    expect(error).toMatchObject({ code, isUncertain });
    expect(graph.asked).toHaveLength(1);
  });

  it("shows a new token after one was refused", async () => {
    let issued = 0;
    const token = (refused: string | null) => (refused === null && issued > 0 ? `t${issued}` : `t${++issued}`);
    const { tollgate, graph } = await start(
      ({ headers }) =>
        headers.authorization === "Bearer t1" ? refusing("UNAUTHENTICATED") : { body: { data: { rename: true } } },
      { credentials: { token } },
    );
    await failureOf(tollgate.mutate(RENAME, { to: "Bo" }));
    expect(await tollgate.mutate(RENAME, { to: "Bo" })).toEqual({ rename: true });
    expect(graph.asked.map(({ headers }) => headers.authorization)).toEqual(["Bearer t1", "Bearer t2"]);
  });

  it("has expected refusals in its data", async () => {
    const problem = { __typename: "NotFoundProblem", code: "NOT_FOUND", message: "No such quote" };
    const { tollgate } = await start(() => ({ body: { data: { orderVm: problem } } }));
    const { orderVm } = await tollgate.mutate(PlaceOrderDocument, { input: { quoteId: "q", idempotencyKey: "k" } });
    expect(orderVm?.__typename === "NotFoundProblem" && orderVm.code).toBe("NOT_FOUND");
  });

  it("keeps what was done when a part of the answer is missing", async () => {
    const errors = [{ message: "away", path: ["rename", "by"], extensions: { code: "UNAVAILABLE" } }];
    const { tollgate, graph } = await start(() => ({ body: { data: { rename: true }, errors } }));
    const error = await failureOf(tollgate.mutate(RENAME, { to: "Bo" }));
    expect(error.data).toEqual({ rename: true });
    expect(graph.asked).toHaveLength(1);
  });
});

describe("a token source", () => {
  it("is asked for another token when a read is refused, once for all requests that wait", async () => {
    let issued = 1;
    const renewals: string[] = [];
    const token = async (refused: string | null) => {
      if (refused !== null) {
        renewals.push(refused);
        await vi.waitFor(() => expect(graph.asked).toHaveLength(5));
        issued += 1;
      }
      return `t${issued}`;
    };
    const { tollgate, graph } = await start(
      ({ headers }) => (headers.authorization === "Bearer t1" ? refusing("UNAUTHENTICATED") : named),
      { credentials: { token } },
    );
    await Promise.all(Array.from({ length: 5 }, () => tollgate.query(NAME)));
    expect(renewals).toEqual(["t1"]);
  });

  it("is not asked again and again when the new token is refused as well", async () => {
    const { tollgate, graph } = await start(() => refusing("UNAUTHENTICATED"), { credentials: { token: () => "t" } });
    expect(await failureOf(tollgate.query(NAME))).toMatchObject({ code: "UNAUTHENTICATED" });
    expect(graph.asked).toHaveLength(2);
  });

  it("hands its own failure to the caller", async () => {
    const failing = () => Promise.reject(new RangeError("the vault is locked"));
    const { tollgate } = await start(() => named, { credentials: { token: failing } });
    await expect(tollgate.query(NAME)).rejects.toThrow("the vault is locked");
  });
});

describe("a caller who gives up", () => {
  it.each([
    { what: "read", call: (tollgate: Tollgate, signal: AbortSignal) => tollgate.query(NAME, {}, { signal }) },
    {
      what: "mutation",
      call: (tollgate: Tollgate, signal: AbortSignal) => tollgate.mutate(RENAME, { to: "Bo" }, { signal }),
    },
  ])("on a $what gets its own reason, at once and for good", async ({ call }) => {
    const giveUp = new AbortController();
    const { tollgate, graph } = await start(() => {
      giveUp.abort(new RangeError("enough"));
      return "never";
    });
    await expect(call(tollgate, giveUp.signal)).rejects.toThrow("enough");
    expect(graph.asked).toHaveLength(1);
  });
});
