import { describe, expect, test } from "vitest";
import { count } from "./vitest.mjs";

const passing = { status: "passed", assertionResults: [{ status: "passed" }] };

describe("counting tests", () => {
  test("counts what passed and what failed", () => {
    const files = [passing, { status: "failed", assertionResults: [{ status: "failed" }] }];
    expect(count(1, { numPassedTests: 7, numFailedTests: 2, testResults: files })).toEqual({ passed: 7, failed: 2 });
  });

  test("a file that cannot be loaded is a failure, although none of its tests failed", () => {
    const files = [passing, { status: "failed", assertionResults: [] }];
    expect(count(1, { numPassedTests: 1, numFailedTests: 0, testResults: files })).toEqual({ passed: 1, failed: 1 });
  });

  test("an error outside of all tests is a failure", () => {
    expect(count(1, { numPassedTests: 1, numFailedTests: 0, testResults: [passing] })).toEqual({
      passed: 1,
      failed: 1,
    });
  });

  test("a run without a single test is a failure, whatever Vitest says", () => {
    expect(count(0, { numPassedTests: 0, numFailedTests: 0, testResults: [] })).toEqual({ passed: 0, failed: 1 });
  });

  test("a run that died before it reported is a failure", () => {
    expect(count(137, null)).toEqual({ passed: 0, failed: 1 });
  });
});
