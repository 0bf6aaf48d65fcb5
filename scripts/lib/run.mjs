import { spawn } from "node:child_process";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

// The decorators' settings; the checkout's own tsconfig.json only lists the projects.
process.env.TSX_TSCONFIG_PATH ??= join(root, "tsconfig.base.json");

/** Node's arguments with which our TypeScript runs from its sources. */
export const fromSources = ["--conditions=tollgate-src", "--import", "tsx"];

/**
 * The path of a program that a package of ours brought.
 *
 * @param {string} name
 * @param {string} [workspace] such as "web"
 */
export function program(name, workspace = "") {
  return join(root, workspace, "node_modules", ".bin", name);
}

/** @type {Set<import("node:child_process").ChildProcess>} */
const children = new Set();

let stopping = false;

/**
 * Ends the children with us: on a signal, and when the process that started us is gone.
 *
 * @returns {() => void} hands the signals to somebody else
 */
export function endChildrenWithUs() {
  const end = (/** @type {NodeJS.Signals} */ signal) => {
    stopping = true;
    process.exitCode = 128 + constants.signals[signal];
    for (const child of children) child.kill("SIGTERM");
    if (children.size === 0) process.exit();
  };
  process.on("SIGTERM", end).on("SIGINT", end).on("SIGHUP", end);
  const stopWatching = whenAbandoned(() => end("SIGTERM"));
  return () => {
    process.off("SIGTERM", end).off("SIGINT", end).off("SIGHUP", end);
    stopWatching();
  };
}

/**
 * Calls `end` once when the process that started us is gone; does not keep us alive.
 *
 * @param {() => void} end
 * @returns {() => void} stops watching
 */
export function whenAbandoned(end) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    end();
  }, 300).unref();
  return () => clearInterval(timer);
}

/**
 * Runs a program in the checkout and answers when it ended.
 *
 * @param {string} file
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean }} [options] `show`: its words go straight to the screen
 * @returns {Promise<{ code: number, output: string }>}
 */
export function run(file, args, { cwd = root, env = process.env, show = false } = {}) {
  const child = spawn(file, args, { cwd, env, stdio: show ? "inherit" : ["ignore", "pipe", "pipe"] });
  children.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk) => {
      output += chunk;
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      children.delete(child);
      if (stopping && children.size === 0) process.exit();
      resolve({ code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), output });
    });
  });
}

/**
 * Seconds since `start` (of `performance.now()`), such as "1.4 s".
 *
 * @param {number} start
 */
export function since(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
