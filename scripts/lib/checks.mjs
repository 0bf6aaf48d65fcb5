import { existsSync } from "node:fs";
import { join } from "node:path";
import { compareGenerated } from "./generate.mjs";
import { plantedLintOverlooked, plantedSchemaChangesOverlooked } from "./planted.mjs";
import { program, root, run, since } from "./run.mjs";
import { schemaHistory } from "./schema-history.mjs";

/** @typedef {{ ok: boolean, output: string, notes?: string[] }} Verdict `notes` are shown whatever the outcome */
/** @typedef {{ name: string, check: () => Promise<Verdict> }} Check */

/** Fewer modules than this mean that dependency-cruiser did not see our TypeScript, which it takes for success. */
const FEWEST_MODULES = 100;
const CRUISED = [
  "gateway/src",
  "schema/src",
  "schema/client/src",
  "schema/examples",
  "standalone/src",
  "subgraphs",
  "web/src",
];
const AT_ONCE = 2;

/** @type {Check[]} */
const CHECKS = [
  { name: "types", check: types },
  { name: "format and lint", check: formatAndLint },
  { name: "floating promises", check: () => verdictOf(process.execPath, ["scripts/checks/floating-promises.mjs"]) },
  { name: "planted lint violations", check: plantedLint },
  { name: "dependency rules", check: dependencyRules },
  { name: "planted dependency violations", check: plantedDependencies },
  { name: "schema history", check: async () => historyVerdict() },
  { name: "planted schema changes", check: async () => overlookedVerdict(plantedSchemaChangesOverlooked()) },
  { name: "dead code", check: () => verdictOf(program("knip"), ["--no-progress", "--no-config-hints"]) },
  // Last, and alone: it writes the generated files, and puts them back.
  { name: "generated files", check: compareGenerated },
];

/**
 * Runs all checks, each to its end, with a line for each.
 *
 * @returns {Promise<import("./vitest.mjs").Count>}
 */
export async function runChecks() {
  const alone = CHECKS.slice(-1);
  const queue = CHECKS.slice(0, -1);
  /** @type {string[]} */
  const failures = [];
  const work = async (/** @type {Check[]} */ checks) => {
    for (let next = checks.shift(); next !== undefined; next = checks.shift()) {
      if (!(await report(next))) failures.push(`the check "${next.name}": see above`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, () => work(queue)));
  await work(alone);
  return { passed: CHECKS.length - failures.length, failed: failures.length, failures };
}

/**
 * @param {Check} check
 */
async function report({ name, check }) {
  const start = performance.now();
  /** @type {Verdict} */
  const {
    ok,
    output,
    notes = [],
  } = await check().catch((error) => ({ ok: false, output: `${error?.stack ?? error}\n` }));
  process.stdout.write(`${ok ? "ok    " : "FAILED"} ${name} (${since(start)})\n${ok ? "" : output}`);
  for (const note of notes) process.stdout.write(`       note: ${note}\n`);
  return ok;
}

/**
 * @param {string} file
 * @param {string[]} args
 * @param {string} [workspace]
 * @returns {Promise<Verdict>}
 */
async function verdictOf(file, args, workspace = ".") {
  const { code, output } = await run(file, args, { cwd: join(root, workspace) });
  return { ok: code === 0, output };
}

/**
 * @param {Verdict[]} verdicts
 * @returns {Verdict}
 */
function all(verdicts) {
  return { ok: verdicts.every(({ ok }) => ok), output: verdicts.map(({ output }) => output).join("") };
}

async function types() {
  const server = await verdictOf(program("tsc"), ["-b"]);
  const tools = await verdictOf(program("tsc"), ["-p", "tsconfig.tools.json"]);
  const examples = await verdictOf(program("tsc"), ["-p", "schema/examples"]);
  const web = existsSync(join(root, "web/tsconfig.json"))
    ? [await verdictOf(program("tsc"), ["--noEmit", "-p", "tsconfig.json"], "web")]
    : [];
  return all([server, tools, examples, ...web]);
}

function formatAndLint() {
  return verdictOf(program("biome"), [
    "check",
    "--error-on-warnings",
    "--diagnostic-level=warn",
    "--max-diagnostics=40",
    "--colors=off",
    ".",
  ]);
}

async function plantedLint() {
  return overlookedVerdict(await plantedLintOverlooked());
}

/**
 * @param {string[]} overlooked
 * @returns {Verdict}
 */
function overlookedVerdict(overlooked) {
  return { ok: overlooked.length === 0, output: overlooked.map((line) => `${line}\n`).join("") };
}

/** @returns {Verdict} */
function historyVerdict() {
  const { complaints, notes } = schemaHistory();
  return { ...overlookedVerdict(complaints), notes: notes.map((note) => `may surprise clients: ${note}`) };
}

/**
 * @param {string[]} places
 * @returns {Promise<{ modules: number, violations: { rule: string, from: string, to: string }[] }>}
 */
async function cruise(places) {
  const options = ["--config", ".dependency-cruiser.mjs", "--output-type", "json"];
  const { output } = await run(program("depcruise"), [...options, ...places]);
  const start = output.indexOf("{");
  if (start < 0) throw new Error(output);
  const { summary } = JSON.parse(output.slice(start));
  const violations = summary.violations.map(
    (/** @type {{ rule: { name: string }, from: string, to: string }} */ one) => ({
      rule: one.rule.name,
      from: one.from,
      to: one.to,
    }),
  );
  return { modules: summary.totalCruised, violations };
}

async function dependencyRules() {
  const { modules, violations } = await cruise(CRUISED.filter((place) => existsSync(join(root, place))));
  const lines = violations.map(({ rule, from, to }) => `${rule}: ${from} → ${to}\n`);
  if (modules < FEWEST_MODULES) lines.push(`Only ${modules} modules were seen; there are more.\n`);
  return { ok: lines.length === 0, output: lines.join("") };
}

async function plantedDependencies() {
  const { default: config } = await import("../../.dependency-cruiser.mjs");
  const { violations } = await cruise(["scripts/checks/planted/dependencies"]);
  const found = new Set(violations.map(({ rule }) => rule));
  const overlooked = (config.forbidden ?? []).map(({ name }) => name ?? "").filter((name) => !found.has(name));
  const output = overlooked.map((name) => `The planted violation of ${name} is no longer found.\n`).join("");
  return { ok: overlooked.length === 0, output };
}
