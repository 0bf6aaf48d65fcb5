import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** @typedef {{ node: string, pnpm: string[], path: string[] }} Toolchain */

/**
 * The environment in which the toolchain's programs come first.
 *
 * @param {Toolchain} toolchain
 */
export function environment(toolchain) {
  return { ...process.env, PATH: [...toolchain.path, process.env.PATH].join(delimiter) };
}

/**
 * Runs a script and answers with the code to exit with. Signals are passed on, and so is the end of whoever started us:
 * npm dies of SIGTERM without passing it on.
 *
 * @param {Toolchain} toolchain
 * @param {string} target
 * @param {string[]} args
 * @returns {Promise<number>}
 */
export function runTarget(toolchain, target, args) {
  const child = spawn(toolchain.node, [target, ...args], { cwd: root, stdio: "inherit", env: environment(toolchain) });
  const end = () => child.kill("SIGTERM");
  // In a terminal Ctrl-C reaches the child by itself; a second one would look like impatience.
  const interrupt = () => (process.stdin.isTTY ? undefined : child.kill("SIGINT"));
  process.on("SIGTERM", end).on("SIGHUP", end).on("SIGINT", interrupt);
  const stopWatching = whenAbandoned(end);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      stopWatching();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

/**
 * Runs a program quietly, with a line of progress every few seconds.
 *
 * @param {string} step what is being done, for people
 * @param {string} file
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ code: number, output: string }>}
 */
export function runQuietly(step, file, args, env) {
  const started = Date.now();
  let output = "";
  const seconds = () => Math.round((Date.now() - started) / 1000);
  process.stdout.write(`${step} …\n`);
  const child = spawn(file, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], env });
  const heartbeat = setInterval(() => process.stdout.write(`${step} … ${seconds()} s${detail(output)}\n`), 5000);
  const end = () => child.kill("SIGTERM");
  process.on("SIGTERM", end).on("SIGHUP", end).on("SIGINT", end);
  const stopWatching = whenAbandoned(end);
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearInterval(heartbeat);
      stopWatching();
      process.off("SIGTERM", end).off("SIGHUP", end).off("SIGINT", end);
      if (signal !== null) process.exit(128 + constants.signals[signal]);
      if (code === 0) process.stdout.write(`${step}: done in ${seconds()} s\n`);
      resolve({ code: code ?? 1, output });
    });
  });
}

/**
 * pnpm's own figures, such as "downloaded 412".
 *
 * @param {string} output
 */
function detail(output) {
  const progress = [...output.matchAll(/Progress: ([^\n]+)/g)].pop();
  return progress ? ` (${progress[1]})` : "";
}

/**
 * Calls `end` when the process that started us is gone. npm runs scripts through a shell, which may outlive it: then
 * the shell's parent is watched, too.
 *
 * @param {() => void} end
 * @returns {() => void} stops watching
 */
export function whenAbandoned(end) {
  const parent = process.ppid;
  const grandparent = process.env.npm_lifecycle_event === undefined ? null : parentOf(parent);
  const timer = setInterval(() => {
    if (process.ppid !== parent || (grandparent !== null && parentOf(parent) !== grandparent)) {
      clearInterval(timer);
      end();
    }
  }, 300);
  return () => clearInterval(timer);
}

/**
 * @param {number} pid
 * @returns {string | null} null where /proc does not tell
 */
function parentOf(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, "utf8");
    return status.slice(status.lastIndexOf(")") + 2).split(" ")[1] ?? null;
  } catch {
    // Not Linux, or the process went away in this moment: then `process.ppid` says so.
    return null;
  }
}
