// npm test: checks, tests with coverage, those over all subgraphs again over HTTP, tests in the browser; ends with all failures and one line. --storm: the long storms alone.
import { build } from "./lib/build.mjs";
import { runChecks } from "./lib/checks.mjs";
import { endChildrenWithUs } from "./lib/run.mjs";
import { runTests } from "./lib/vitest.mjs";

endChildrenWithUs();
process.exit(
  await (process.argv.includes("--storm") ? inAll([storms]) : inAll([runChecks, tests, testsOverHttp, browserTests])),
);

function storms() {
  return runTests("vitest.storm.config.ts");
}

function tests() {
  return runTests("vitest.config.ts", ["--coverage.enabled"]);
}

function testsOverHttp() {
  return runTests("vitest.http.config.ts");
}

async function browserTests() {
  // They try what a newcomer gets: the built thing.
  if (await build()) return await runTests("vitest.browser.config.ts");
  return { passed: 0, failed: 1, failures: ["The build failed."] };
}

/**
 * Runs all parts, each to its end.
 *
 * @param {(() => Promise<import("./lib/vitest.mjs").Count>)[]} parts
 * @returns {Promise<number>} the exit code
 */
async function inAll(parts) {
  let [passed, failed] = [0, 0];
  const failures = [];
  for (const part of parts) {
    const count = await part();
    passed += count.passed;
    failed += count.failed;
    failures.push(...(count.failures ?? []));
  }
  // Once more at the end: of a long run, often only that is kept.
  for (const failure of failures) process.stdout.write(`\nFAILED ${failure}\n`);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}
