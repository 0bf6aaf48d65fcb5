import { describe, expect, it } from "vitest";
import type { PasswordReason } from "../gql/graphql.js";
import { missingInPassword, weakWords } from "./password-words.js";

describe("the words about a password", () => {
  it("name what is missing while one types, and nothing once it has the right form", () => {
    expect(missingInPassword("")).toBe("Choose a password.");
    expect(missingInPassword("violet")).toContain("at least 8 characters");
    expect(missingInPassword("violet-anchor-81")).toBe("It needs a capital letter.");
    expect(missingInPassword("Violet-Anchor-81")).toBeNull();
    expect(missingInPassword("Grüße aus Köln 7")).toBeNull();
  });

  it("tell all reasons of the server, and something for one that they do not know", () => {
    expect(weakWords(["COMMON", "TOO_GUESSABLE"])).toMatch(/everybody tries first\. It is too easy to guess/);
    expect(weakWords(["NEWER" as PasswordReason])).toBe("This password is not good enough. Choose another one."); // of a newer server
  });
});
