import {
  accessSync,
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { root, whenAbandoned } from "./run.mjs";

const directory = join(root, ".toolchain");
const path = join(directory, "install.lock");
const HEARTBEAT_MILLISECONDS = 2000;
const STALE_AFTER_MILLISECONDS = 20_000;

/**
 * Lets one command at a time fetch and install. A lock whose owner is gone, or silent for 20 s, is taken over.
 *
 * @template Result
 * @param {() => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function withInstallLock(work) {
  // Asked first, because making a folder on a read-only file system fails with a misleading reason.
  accessSync(root, constants.W_OK);
  mkdirSync(directory, { recursive: true });
  const stopWatching = whenAbandoned(() => process.exit(143));
  let waited = false;
  while (!take()) {
    if (!waited) process.stdout.write("Another command is installing; waiting for it …\n");
    waited = true;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  stopWatching();
  const heartbeat = setInterval(() => utimesSync(path, new Date(), new Date()), HEARTBEAT_MILLISECONDS);
  const release = () => rmSync(path, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    process.off("exit", release);
    release();
  }
}

function take() {
  try {
    const file = openSync(path, "wx");
    writeFileSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (/** @type {{ code?: string }} */ (error).code !== "EEXIST") throw error;
    if (isStale()) rmSync(path, { force: true });
    return false;
  }
}

function isStale() {
  try {
    const silent = Date.now() - statSync(path).mtimeMs;
    if (silent > STALE_AFTER_MILLISECONDS) return true;
    const owner = Number(readFileSync(path, "utf8"));
    return owner > 0 && !isAlive(owner);
  } catch {
    // It was released while we looked.
    return false;
  }
}

/**
 * @param {number} pid
 */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {{ code?: string }} */ (error).code === "EPERM";
  }
}
