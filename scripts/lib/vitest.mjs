import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { program, run } from "./run.mjs";

/** @typedef {{ passed: number, failed: number }} Count */

/**
 * Runs one kind of tests and counts. A file that cannot be loaded, an error outside of any test and a run without a
 * single test count as failures.
 *
 * @param {string} config such as "vitest.config.ts"
 * @param {string[]} [args]
 * @returns {Promise<Count>}
 */
export async function runTests(config, args = []) {
  const folder = mkdtempSync(join(tmpdir(), "tollgate-tests-"));
  const report = join(folder, "report.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const options = ["run", "--config", config, ...reporters, ...args];
    const { code } = await run(program("vitest"), options, { show: true });
    return count(code, readReport(report));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} path
 * @returns {Report | null}
 */
function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    // Vitest died before it could report; its own words are on the screen.
    process.stderr.write(`There is no report of the tests: ${error}\n`);
    return null;
  }
}

/**
 * @typedef {{ status: string, assertionResults: { status: string }[] }} FileResult
 * @typedef {{ numPassedTests: number, numFailedTests: number, testResults: FileResult[] }} Report
 */

/**
 * @param {number} code Vitest's exit code
 * @param {Report | null} report
 * @returns {Count}
 */
export function count(code, report) {
  if (report === null) return { passed: 0, failed: 1 };
  const passed = report.numPassedTests;
  const broken = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some(hasFailed),
  );
  const failed = report.numFailedTests + broken.length;
  const nothingRan = passed + failed === 0;
  return { passed, failed: failed === 0 && (code !== 0 || nothingRan) ? 1 : failed };
}

/**
 * @param {{ status: string }} test
 */
function hasFailed(test) {
  return test.status === "failed";
}
