import { describe, expect, it } from "vitest";
import { groupsOf, resourceWords } from "./permission-words.js";

describe("permissions in words", () => {
  it("are grouped by what they are about, in order", () => {
    expect(groupsOf(["vm:read", "user:read", "vm:power"])).toEqual([
      { resource: "user", permissions: ["user:read"] },
      { resource: "vm", permissions: ["vm:power", "vm:read"] },
    ]);
  });

  it("name what they are about as people do", () => {
    expect(resourceWords("serviceSubscription")).toBe("Service subscription");
    expect(resourceWords("apiKey")).toBe("API key");
  });
});
