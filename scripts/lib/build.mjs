import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashOf } from "./hash.mjs";
import { program, root, run, since } from "./run.mjs";

/** What each bundle is made of, and where it goes; every change of the lockfile counts as well. */
const BUNDLES = [
  { name: "the web app", workspace: "web", out: "web/dist", sources: ["web", "schema"] },
  {
    name: "GraphiQL",
    workspace: "gateway",
    out: "gateway/dist/graphiql",
    sources: ["gateway/graphiql", "gateway/vite.config.ts", "gateway/package.json"],
  },
];

/**
 * Builds the server and what the browser gets; what did not change is left alone.
 *
 * @returns {Promise<boolean>} false when something does not build; it has been shown then
 */
export async function build() {
  const steps = [compileServer(), ...BUNDLES.map(bundle)];
  return (await Promise.all(steps)).every(Boolean);
}

async function compileServer() {
  const start = performance.now();
  const slow = setTimeout(() => process.stdout.write("Building the server …\n"), 700);
  const { code, output } = await run(program("tsc"), ["-b"]);
  clearTimeout(slow);
  if (code === 0) return true;
  process.stdout.write(`${output}\nThe server does not build (${since(start)}); the lines above say why.\n`);
  return false;
}

/**
 * @param {typeof BUNDLES[number]} bundle
 */
async function bundle({ name, workspace, out, sources }) {
  if (!existsSync(join(root, workspace, "vite.config.ts"))) return true;
  const stamp = join(root, out, ".tollgate-bundle");
  // The address that the app is served under becomes part of it.
  const wanted = `${hashOf([...sources, "pnpm-lock.yaml"])} ${process.env.PUBLIC_URL ?? "/"}`;
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return true;
  const start = performance.now();
  process.stdout.write(`Building ${name} …\n`);
  const { code, output } = await run(vite(workspace), ["build", "--logLevel", "warn"], { cwd: join(root, workspace) });
  if (code !== 0) {
    process.stdout.write(`${output}\n${name} does not build (${since(start)}); the lines above say why.\n`);
    return false;
  }
  mkdirSync(join(root, out), { recursive: true });
  writeFileSync(stamp, wanted);
  process.stdout.write(`Building ${name}: done in ${since(start)}\n`);
  return true;
}

/**
 * @param {string} workspace
 */
export function vite(workspace) {
  const own = program("vite", workspace);
  return existsSync(own) ? own : program("vite");
}
