// Self-tests of the checks: what is planted in scripts/checks/planted has to be found, or a check has gone blind.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { program, root, run } from "./run.mjs";
import { compareSchemas } from "./schema-history.mjs";

const PLANTED_LINT = {
  "any.ts": "noExplicitAny",
  "drizzle-without-where.ts": "noDrizzleUpdateWithoutWhere",
  "empty-catch.ts": "noEmptyBlockStatements",
  "floating-promise.ts": "noFloatingPromises",
  "misused-promise.ts": "noMisusedPromises",
  "non-null.ts": "noNonNullAssertion",
};

const PLANTED_SCHEMA_CHANGES = [
  "NotFoundProblem was removed.",
  "A required arg at on Query.vm was added.",
  "Vm.nickname was removed.",
  "Vm.name changed type from String! to String.",
  "Vm no longer implements interface Named.",
  "STOPPED was removed from enum type VmState.",
  "A required field reason on input type RenameVmInput was added.",
  "NotFoundProblem was removed from union type RenameResult.",
];
const PLANTED_SURPRISES = [
  "PAUSED was added to enum type VmState.",
  "Query.vms arg first has changed defaultValue from 20 to 50.",
];

/**
 * The step between the planted schemas, which breaks clients in every way we know.
 *
 * @returns {string[]} complaints about what was overlooked
 */
export function plantedSchemaChangesOverlooked() {
  const read = (/** @type {string} */ name) =>
    readFileSync(join(root, "scripts/checks/planted/schema", `${name}.graphql`), "utf8");
  const { complaints, notes } = compareSchemas(read("before"), read("after"), []);
  const found = [...complaints, ...notes];
  return [...PLANTED_SCHEMA_CHANGES, ...PLANTED_SURPRISES]
    .filter((change) => !found.some((line) => line.endsWith(change)))
    .map((change) => `The planted change of the schema is no longer found: ${change}`);
}

/**
 * Biome, with our rules, over the planted violations.
 *
 * @returns {Promise<string[]>} complaints about violations that it overlooked
 */
export async function plantedLintOverlooked() {
  // They are excluded from the checkout's own lint, so they are linted elsewhere, with the same rules.
  const folder = mkdtempSync(join(tmpdir(), "tollgate-planted-"));
  try {
    cpSync(join(root, "scripts/checks/planted/lint"), folder, { recursive: true });
    const {
      $schema: _schema,
      vcs: _vcs,
      overrides: _overrides,
      ...rules
    } = JSON.parse(readFileSync(join(root, "biome.json"), "utf8"));
    const config = { ...rules, root: true, files: { includes: ["**"] } };
    writeFileSync(join(folder, "biome.json"), JSON.stringify(config));
    // The rules of a library are on where the library is.
    writeFileSync(join(folder, "package.json"), JSON.stringify({ dependencies: { "drizzle-orm": "0.45.4" } }));
    const options = ["lint", ".", "--reporter=json", "--max-diagnostics=200"];
    const { output } = await run(program("biome"), options, { cwd: folder });
    return Object.entries(PLANTED_LINT)
      .filter(([file, rule]) => !reported(output, file, rule))
      .map(([file, rule]) => `Biome no longer finds the planted violation of ${rule} in ${file}.`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} output of Biome's JSON reporter, which a line of statistics may precede
 * @param {string} file
 * @param {string} rule
 */
function reported(output, file, rule) {
  const { diagnostics } = JSON.parse(output.slice(output.indexOf("{")).split("\n")[0] ?? "{}");
  return diagnostics.some((/** @type {object} */ diagnostic) => {
    const words = JSON.stringify(diagnostic);
    return words.includes(rule) && words.includes(file);
  });
}
