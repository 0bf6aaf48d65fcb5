import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "./run.mjs";
import { count } from "./vitest.mjs";

const passing = { status: "passed", assertionResults: [{ status: "passed" }] };

describe("counting tests", () => {
  test("counts what passed and what failed", () => {
    const files = [passing, { status: "failed", assertionResults: [{ status: "failed" }] }];
    expect(count(1, { numPassedTests: 7, numFailedTests: 2, testResults: files })).toMatchObject({
      passed: 7,
      failed: 2,
    });
  });

  test("tells of each failure by its file, its name and the beginning of its message, without colours", () => {
    const failed = { status: "failed", fullName: "money adds up", failureMessages: ["\u001b[31m1 is not 2\u001b[39m"] };
    const files = [
      passing,
      { status: "failed", name: join(root, "a.test.ts"), assertionResults: [{ status: "passed" }, failed] },
      { status: "failed", name: join(root, "b.test.ts"), message: "x".repeat(9_000), assertionResults: [] },
    ];
    const { failures = [] } = count(1, { numPassedTests: 2, numFailedTests: 1, testResults: files });
    expect(failures[0]).toBe("a.test.ts > money adds up\n1 is not 2");
    expect(failures[1]).toMatch(/^b\.test\.ts\nx+$/);
    expect(failures[1]?.length).toBeLessThan(2_000);
  });

  test("a file that cannot be loaded is a failure, although none of its tests failed", () => {
    const files = [passing, { status: "failed", assertionResults: [] }];
    expect(count(1, { numPassedTests: 1, numFailedTests: 0, testResults: files })).toMatchObject({
      passed: 1,
      failed: 1,
    });
  });

  test("an error outside of all tests is a failure", () => {
    expect(count(1, { numPassedTests: 1, numFailedTests: 0, testResults: [passing] })).toMatchObject({
      passed: 1,
      failed: 1,
    });
  });

  test("a run without a single test is a failure, whatever Vitest says", () => {
    expect(count(0, { numPassedTests: 0, numFailedTests: 0, testResults: [] })).toMatchObject({ passed: 0, failed: 1 });
  });

  test("a run that died before it reported is a failure", () => {
    expect(count(137, null)).toMatchObject({ passed: 0, failed: 1 });
  });
});
