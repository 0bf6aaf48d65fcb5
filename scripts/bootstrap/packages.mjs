import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { explainOutput } from "./failures.mjs";
import { environment, root, runQuietly } from "./run.mjs";

/** Never asks, and gives up within seconds where there is no network, instead of within minutes. */
const IMPATIENT = {
  PNPM_CONFIG_CONFIRM_MODULES_PURGE: "false",
  PNPM_CONFIG_FETCH_RETRIES: "2",
  PNPM_CONFIG_FETCH_RETRY_MINTIMEOUT: "1000",
  PNPM_CONFIG_FETCH_RETRY_MAXTIMEOUT: "3000",
};
const stamp = join(root, "node_modules", ".tollgate-installed");

/** Whether the last complete installation was of this lockfile; then no network is needed. */
export function packagesAreInstalled() {
  return existsSync(stamp) && readFileSync(stamp, "utf8") === wanted();
}

function wanted() {
  const hash = createHash("sha256").update(`${process.platform}-${process.arch}\n`);
  for (const name of ["pnpm-lock.yaml", "pnpm-workspace.yaml"]) hash.update(readFileSync(join(root, name)));
  return hash.digest("hex");
}

/**
 * @param {import("./run.mjs").Toolchain} toolchain
 */
export async function installPackages(toolchain) {
  const [pnpm = "pnpm", ...args] = toolchain.pnpm;
  // Under NODE_ENV=production the compilers would be left out.
  const options = ["install", "--frozen-lockfile", "--prefer-offline", "--prod=false", "--reporter=append-only"];
  const env = { ...environment(toolchain), NODE_ENV: "", ...IMPATIENT };
  rmSync(stamp, { force: true });
  const step = "Installing the packages";
  const { code, output } = await runQuietly(step, pnpm, [...args, ...options], env);
  if (code !== 0) throw explainOutput(step, output);
  writeFileSync(stamp, wanted());
}
