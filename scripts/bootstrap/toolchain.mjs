import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { BootstrapFailure, explainOutput } from "./failures.mjs";
import { root, runQuietly } from "./run.mjs";

const NODE = "24.21.0";
const PNPM = "12.21.0";
const home = join(root, ".toolchain", `node-${NODE}-pnpm-${PNPM}`);
/** Without a network npm would try for ten minutes, and the installer that `node` brings once more. */
const IMPATIENT = {
  npm_config_fetch_retries: "1",
  npm_config_fetch_retry_mintimeout: "1000",
  npm_config_fetch_retry_maxtimeout: "3000",
  npm_config_fetch_timeout: "60000",
  // `npm --silent start` would hide why it failed.
  npm_config_loglevel: "error",
};
const packageBin = join(root, "node_modules", ".bin");

/**
 * The provisioned Node and pnpm, or the system's when they are good enough; null when there are none yet.
 *
 * @returns {import("./run.mjs").Toolchain | null}
 */
export function findToolchain() {
  const bin = join(home, "node_modules", ".bin");
  if (existsSync(join(home, "ok"))) {
    return { node: join(bin, "node"), pnpm: [join(bin, "pnpm")], path: [packageBin, bin] };
  }
  if (!process.versions.node.startsWith("24.") || !systemPnpmServes()) return null;
  return { node: process.execPath, pnpm: ["pnpm"], path: [packageBin, dirname(process.execPath)] };
}

function systemPnpmServes() {
  // Corepack's stand-in would ask a question, or download.
  const env = { ...process.env, COREPACK_ENABLE_NETWORK: "0", COREPACK_ENABLE_DOWNLOAD_PROMPT: "0" };
  const found = spawnSync("pnpm", ["--version"], { cwd: root, encoding: "utf8", env, timeout: 10_000 });
  return found.status === 0 && found.stdout.trim().startsWith("12.");
}

/**
 * Puts Node and pnpm into `.toolchain/`, so that only the first start needs the registry.
 *
 * @returns {Promise<import("./run.mjs").Toolchain>}
 */
export async function provisionToolchain() {
  removeDrafts();
  rmSync(home, { recursive: true, force: true });
  // Half a toolchain of an interrupted start never gets the final name.
  const draft = `${home}.draft-${process.pid}`;
  mkdirSync(draft, { recursive: true });
  writeFileSync(
    join(draft, "package.json"),
    JSON.stringify({
      private: true,
      dependencies: { node: NODE, pnpm: PNPM },
      allowScripts: { node: true, pnpm: true },
    }),
  );
  const [file, ...args] = npmCommand();
  const options = ["install", "--prefix", draft, "--no-audit", "--no-fund", "--omit=dev", "--ignore-scripts=false"];
  const step = `Fetching Node ${NODE} and pnpm ${PNPM} (once)`;
  const { code, output } = await runQuietly(step, file, [...args, ...options], {
    ...withoutNpmSettings(),
    ...IMPATIENT,
  });
  if (code !== 0) throw explainOutput(step, output);
  writeFileSync(join(draft, "ok"), "");
  renameSync(draft, home);
  const found = findToolchain();
  if (found === null || spawnSync(found.node, ["--version"]).status !== 0) {
    rmSync(home, { recursive: true, force: true });
    throw new BootstrapFailure(
      `npm brought no Node ${NODE} that runs on this machine (${process.platform}-${process.arch}).`,
    );
  }
  return found;
}

function removeDrafts() {
  for (const name of readdirSync(dirname(home))) {
    if (name.includes(".draft-")) rmSync(join(dirname(home), name), { recursive: true, force: true });
  }
}

/** @returns {[string, ...string[]]} */
function npmCommand() {
  const running = process.env.npm_execpath;
  // Under `npm start` this is npm itself; yarn and the like also set it.
  if (running !== undefined && /npm-cli\.c?js$/.test(running)) return [process.execPath, running];
  return ["npm"];
}

/** npm hands its settings of the moment (prefix, production …) to the scripts it runs; a nested npm must not obey them. */
function withoutNpmSettings() {
  const dropped =
    /^npm_(lifecycle|package)_|^npm_config_(prefix|local_prefix|global|omit|only|production|dry_run|workspace)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !dropped.test(name) && name !== "NODE_ENV"));
}
