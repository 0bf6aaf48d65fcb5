import { describe, expect, it } from "vitest";
import { safeReturnPath } from "./return-path.js";

describe("safeReturnPath", () => {
  it("keeps a path of the app with its search", () => {
    expect(safeReturnPath("/machines?state=RUNNING")).toBe("/machines?state=RUNNING");
  });

  it("leads to the dashboard instead of another site or back to the sign-in page", () => {
    for (const path of [
      undefined,
      "",
      "machines",
      "//evil.example",
      "https://evil.example",
      "/\\evil.example",
      "/sign-in",
      "/sign-in?next=/sign-in",
    ]) {
      expect(safeReturnPath(path)).toBe("/");
    }
  });
});
