import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { ERROR_CODES, type TollgateError } from "./errors.js";
import { failureOf, NAME, RENAME, start } from "./testing/asking.js";
import { type Reply, refusing } from "./testing/http-graph.js";

describe("an answer that lacks parts", () => {
  const errors = [{ message: "billing is away", path: ["age"], extensions: { code: "UNAVAILABLE" } }];
  const lacking: Reply = { body: { data: { name: "Ada", age: null }, errors }, headers: { "x-request-id": "r-7" } };

  it("is an error that has the rest", async () => {
    const { tollgate } = await start(() => lacking);
    const error = await failureOf(tollgate.query(NAME));
    expect(error).toMatchObject({ code: "UNAVAILABLE", requestId: "r-7", data: { name: "Ada", age: null } });
    expect(error.errors).toEqual([{ message: "billing is away", code: "UNAVAILABLE", path: ["age"] }]);
  });

  it("is taken by those who say so, after trying to get the whole", async () => {
    const { tollgate, graph } = await start(() => lacking);
    const told: string[] = [];
    const onPartial = ({ code }: TollgateError) => void told.push(code);
    expect(await tollgate.query(NAME, {}, { onPartial })).toEqual({ name: "Ada", age: null });
    expect(told).toEqual(["UNAVAILABLE"]);
    expect(graph.asked).toHaveLength(4);
  });

  it("is no data where nothing came", async () => {
    const { tollgate } = await start(() => refusing("FORBIDDEN"));
    expect(await failureOf(tollgate.query(NAME, {}, { onPartial: () => undefined }))).toMatchObject({
      code: "FORBIDDEN",
    });
  });
});

describe("an error", () => {
  it.each([...ERROR_CODES])("has the code %s when the graph says so", async (code) => {
    const { tollgate } = await start(() => refusing(code), { retries: { attempts: 1 } });
    expect((await failureOf(tollgate.query(NAME))).code).toBe(code);
  });

  it("is INTERNAL when the graph says something this version does not know", async () => {
    const { tollgate } = await start(() => refusing("OUT_OF_CHEESE"));
    expect((await failureOf(tollgate.query(NAME))).code).toBe("INTERNAL");
  });

  it.each([
    { status: 401, code: "UNAUTHENTICATED" },
    { status: 403, code: "FORBIDDEN" },
    { status: 404, code: "NOT_FOUND" },
    { status: 413, code: "INVALID_INPUT" },
    { status: 429, code: "RATE_LIMITED" },
    { status: 500, code: "INTERNAL" },
    { status: 502, code: "UNAVAILABLE" },
  ])("is $code when something in between answers with $status", async ({ status, code }) => {
    const { tollgate } = await start(() => ({ status, body: "nothing", headers: { "content-type": "text/plain" } }), {
      retries: { attempts: 1 },
    });
    expect((await failureOf(tollgate.query(NAME))).code).toBe(code);
  });

  it("takes the graph's code before that of HTTP", async () => {
    const { tollgate } = await start(() => ({ ...refusing("INVALID_INPUT"), status: 500 }));
    expect((await failureOf(tollgate.query(NAME))).code).toBe("INVALID_INPUT");
  });

  it("is INTERNAL when the answer is a page", async () => {
    const { tollgate } = await start(() => ({ body: "<html>", headers: { "content-type": "text/html" } }));
    expect((await failureOf(tollgate.query(NAME))).code).toBe("INTERNAL");
  });

  it("says that nothing came in time", async () => {
    const { tollgate } = await start(() => "never", { timeoutMilliseconds: 30, retries: { attempts: 1 } });
    expect(await failureOf(tollgate.query(NAME))).toMatchObject({ code: "UNAVAILABLE", answered: false });
  });

  it("shows neither the token nor the variables to a log", async () => {
    const { tollgate } = await start(() => refusing("CONFLICT"), { credentials: { token: "secret-token" } });
    const error = await failureOf(tollgate.mutate(RENAME, { to: "secret-name" }));
    expect(inspect(error, { depth: 10 })).not.toMatch(/secret/);
  });
});
