#!/usr/bin/env node
// The way in for every command: needs Node 18 or newer and npm, nothing else, so it may use no package and no new syntax.
// Provisions the pinned Node and pnpm once, installs when the lockfile changed, then runs the script it was given.
import { join } from "node:path";
import { exit, fail, sayWhy } from "./bootstrap/failures.mjs";
import { withInstallLock } from "./bootstrap/lock.mjs";
import { installPackages, packagesAreInstalled } from "./bootstrap/packages.mjs";
import { root, runTarget } from "./bootstrap/run.mjs";
import { findToolchain, provisionToolchain } from "./bootstrap/toolchain.mjs";

const [target, ...args] = process.argv.slice(2);
if (target === undefined) fail("Say which script to run: node scripts/bootstrap.mjs scripts/start.mjs");

try {
  let toolchain = findToolchain();
  if (toolchain === null || !packagesAreInstalled()) {
    toolchain = await withInstallLock(async () => {
      const found = findToolchain() ?? (await provisionToolchain());
      // Another command may have installed while this one waited for the lock.
      if (!packagesAreInstalled()) await installPackages(found);
      return found;
    });
  }
  await exit(await runTarget(toolchain, join(root, target), args));
} catch (error) {
  sayWhy(error);
}
