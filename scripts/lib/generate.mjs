import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { filesIn } from "./hash.mjs";
import { fromSources, program, root, run } from "./run.mjs";

/** Where generated files are; nothing else is looked at when they are compared. */
const PLACES = ["schema", "drizzle", "web/src/gql", "docs/permissions.md"];

/**
 * Generates everything that is committed but not written by hand: SDL and supergraph, migrations, typed documents.
 *
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
export async function generate() {
  const [schema, ...rest] = commands();
  const first = schema === undefined ? { ok: true, output: "" } : await follow([schema]);
  if (!first.ok) return first;
  // The documents need the schema; migrations need nobody. Two at once is what a small machine bears.
  const halves = await Promise.all([0, 1].map((half) => follow(rest.filter((_, index) => index % 2 === half))));
  return {
    ok: halves.every(({ ok }) => ok),
    output: [first, ...halves].map(({ output }) => output).join(""),
  };
}

/**
 * @param {[string, string[]][]} chain
 */
async function follow(chain) {
  let output = "";
  for (const [file, args] of chain) {
    const result = await run(file, args);
    output += result.output;
    if (result.code !== 0) return { ok: false, output };
  }
  return { ok: true, output };
}

/** @returns {[string, string[]][]} the one for the graph's schema first */
function commands() {
  const schema = "standalone/src/generate.ts";
  const drizzleKit = join(root, "node_modules", "drizzle-kit", "bin.cjs");
  const node = process.execPath;
  /** @type {[string, string[]][]} */
  const found = [[node, [...fromSources, schema]]];
  for (const config of globSync("drizzle/*.config.ts", { cwd: root }).sort()) {
    found.push([node, [...fromSources, drizzleKit, "generate", `--config=${config}`]]);
  }
  found.push([program("graphql-codegen"), ["--config", "codegen.ts"]]);
  return found;
}

/**
 * Whether what is committed is what would be generated. Leaves the files as they were.
 *
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
export async function compareGenerated() {
  const before = contents();
  try {
    const { ok, output } = await generate();
    if (!ok) return { ok, output };
    const after = contents();
    const names = new Set([...before.keys(), ...after.keys()]);
    const drifted = [...names].filter((name) => before.get(name) !== after.get(name)).sort();
    if (drifted.length === 0) return { ok: true, output: "" };
    const list = drifted.map((name) => `  ${name}`).join("\n");
    return { ok: false, output: `Not what would be generated (npm run generate):\n${list}\n` };
  } finally {
    restore(before);
  }
}

function contents() {
  return new Map(filesIn(PLACES).map((name) => [name, readFileSync(join(root, name), "latin1")]));
}

/**
 * @param {Map<string, string>} before
 */
function restore(before) {
  const now = contents();
  for (const name of now.keys()) if (!before.has(name)) rmSync(join(root, name));
  for (const [name, content] of before) {
    if (now.get(name) === content) continue;
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content, "latin1");
  }
}
