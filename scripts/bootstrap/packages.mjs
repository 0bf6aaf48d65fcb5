import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { explainOutput, isUnreachable } from "./failures.mjs";
import { environment, root, runQuietly } from "./run.mjs";

// pnpm's own patience cannot be set to less than a minute for each package, so it gets none and is asked again instead:
// what one attempt brought stays in its store.
const ATTEMPTS = 5;
const NEVER_ASKING = { PNPM_CONFIG_CONFIRM_MODULES_PURGE: "false", PNPM_CONFIG_FETCH_RETRIES: "0" };
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
  const env = { ...environment(toolchain), NODE_ENV: "", ...NEVER_ASKING };
  rmSync(stamp, { force: true });
  const step = "Installing the packages";
  for (let attempt = 1; ; attempt++) {
    const { code, output } = await runQuietly(step, pnpm, [...args, ...options], env);
    if (code === 0) break;
    if (attempt === ATTEMPTS || !isUnreachable(output)) throw explainOutput(step, output);
    await new Promise((resolve) => setTimeout(resolve, 1000 * attempt));
  }
  writeFileSync(stamp, wanted());
}
