import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { program, root, run } from "./run.mjs";

/** @typedef {{ passed: number, failed: number, failures?: string[] }} Count `failures`: each failure in a few lines */

/** Of a failure's message, which may hold a whole page. */
const LONGEST_MESSAGE = 1_200;

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
 * @typedef {{ status: string, fullName?: string, failureMessages?: string[] }} TestResult
 * @typedef {{ status: string, name?: string, message?: string, assertionResults: TestResult[] }} FileResult
 * @typedef {{ numPassedTests: number, numFailedTests: number, testResults: FileResult[] }} Report
 */

/**
 * @param {number} code Vitest's exit code
 * @param {Report | null} report
 * @returns {Count}
 */
export function count(code, report) {
  if (report === null) return { passed: 0, failed: 1, failures: ["Vitest died before it could report."] };
  const passed = report.numPassedTests;
  const broken = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some(hasFailed),
  );
  const failed = report.numFailedTests + broken.length;
  const nothingRan = passed + failed === 0;
  if (failed > 0) return { passed, failed, failures: report.testResults.flatMap(failuresOf) };
  if (nothingRan) return { passed, failed: 1, failures: ["No test ran."] };
  if (code !== 0) return { passed, failed: 1, failures: [`Vitest ended with ${code} although no test failed.`] };
  return { passed, failed: 0 };
}

/**
 * @param {FileResult} file
 * @returns {string[]} its failed tests, or what kept it from being loaded, each with the beginning of its message
 */
function failuresOf(file) {
  const failed = file.assertionResults.filter(hasFailed);
  const place = relative(root, file.name ?? "");
  if (failed.length === 0) return file.status === "failed" ? [inShort(place, file.message ?? "")] : [];
  return failed.map(({ fullName, failureMessages = [] }) =>
    inShort(`${place} > ${fullName}`, failureMessages.join("\n")),
  );
}

/**
 * @param {string} title
 * @param {string} message
 */
function inShort(title, message) {
  return `${title}\n${stripVTControlCharacters(message).slice(0, LONGEST_MESSAGE)}`;
}

/**
 * @param {TestResult} test
 */
function hasFailed(test) {
  return test.status === "failed";
}
