import { afterEach, describe, expect, it, vi } from "vitest";
import { CodeMissing, codeOfPage, isMissingCode } from "./code.js";

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("the code of a page", () => {
  it("tells that the code of a page did not come from a page that broke", () => {
    for (const message of [
      "Failed to fetch dynamically imported module: https://cloud.example/assets/RolesPage-1.js",
      "error loading dynamically imported module: https://cloud.example/assets/RolesPage-1.js",
      "Importing a module script failed.",
      "Unable to preload CSS for https://cloud.example/assets/RolesPage-1.css",
    ]) {
      expect(isMissingCode(new Error(message)), message).toBe(true);
    }
    expect(isMissingCode(new TypeError("x is not a function"))).toBe(false);
  });

  it("is missing in words while nobody answers, and for the router to load anew when somebody does", async () => {
    const failed = new TypeError("Failed to fetch dynamically imported module: /assets/RolesPage-1.js");
    vi.stubGlobal("fetch", async () => await Promise.reject(new TypeError("Failed to fetch")));
    await expect(codeOfPage(Promise.reject(failed))).rejects.toBeInstanceOf(CodeMissing);
    vi.stubGlobal("fetch", async () => new Response());
    await expect(codeOfPage(Promise.reject(failed))).rejects.toBe(failed);
    await expect(codeOfPage(Promise.resolve("page"))).resolves.toBe("page");
  });
});
