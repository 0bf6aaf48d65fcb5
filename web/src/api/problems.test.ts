import { CombinedGraphQLErrors, ServerError } from "@apollo/client/errors";
import { describe, expect, it } from "vitest";
import { codeOf, fieldProblemsOf, isUnauthenticated, troubleOf } from "./problems.js";

function refusal(code: string, requestId?: string) {
  return new CombinedGraphQLErrors({ errors: [{ message: "refused", extensions: { code, requestId } }] });
}

describe("trouble in words", () => {
  it("keeps the server's code and its request number", () => {
    expect(troubleOf(refusal("UNAVAILABLE", "r-1"))).toMatchObject({ code: "UNAVAILABLE", requestId: "r-1" });
  });

  it("calls an unknown code an error of ours, not of the person", () => {
    expect(codeOf(refusal("SOMETHING_NEW"))).toBe("INTERNAL");
    expect(codeOf(refusal("NETWORK"))).toBe("INTERNAL");
  });

  it("calls silence a network failure", () => {
    expect(troubleOf(new TypeError("Failed to fetch")).what).toBe("The server cannot be reached.");
  });

  it("reads a gateway's status when there is no GraphQL answer", () => {
    const answer = (status: number) => new ServerError("no", { response: new Response("", { status }), bodyText: "" });
    expect(codeOf(answer(503))).toBe("UNAVAILABLE");
    expect(codeOf(answer(429))).toBe("RATE_LIMITED");
    expect(codeOf(answer(500))).toBe("INTERNAL");
    expect(isUnauthenticated(answer(401))).toBe(true);
  });

  it("recognises the end of the session in answers and in live streams", () => {
    expect(isUnauthenticated(refusal("UNAUTHENTICATED"))).toBe(true);
    expect(isUnauthenticated([{ message: "no", extensions: { code: "UNAUTHENTICATED" } }])).toBe(true);
    expect(isUnauthenticated(refusal("FORBIDDEN"))).toBe(false);
  });

  it("knows what the server says of single fields, and that it mostly says nothing of any", () => {
    const fields = [{ path: ["vm", "vcpus"], reason: "OUT_OF_RANGE", message: "1 to 64." }];
    const errors = [{ message: "refused", extensions: { code: "INVALID_INPUT", fields } }];
    expect(fieldProblemsOf(new CombinedGraphQLErrors({ errors }))).toEqual(fields);
    expect(fieldProblemsOf(refusal("INVALID_INPUT"))).toEqual([]);
    expect(fieldProblemsOf(new TypeError("Failed to fetch"))).toEqual([]);
  });
});
