// npm run dev: Tollgate from its sources, started again when a server source changes; the web app is rebuilt on change.
import { spawn } from "node:child_process";
import { existsSync, watch } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { build, vite } from "./lib/build.mjs";
import { fromSources, root, whenAbandoned } from "./lib/run.mjs";

const args = process.argv.slice(2);
const subgraphs = ["kit", "accounts", "organisations", "billing", "telemetry", "messaging"];
const watched = [
  "gateway/src",
  "standalone/src",
  "schema",
  "drizzle",
  ...subgraphs.map((name) => `subgraphs/${name}/src`),
];
const UNIMPORTANT = /(^|\/)(dist|node_modules)(\/|$)|\.test\.ts$|\.tsbuildinfo$|(^|\/)[.#][^/]*$|~$/;
const SETTLED_AFTER_MILLISECONDS = 120;
const PATIENCE_MILLISECONDS = 4000;

/** @type {import("node:child_process").ChildProcess | null} */
let server = null;
/** @type {import("node:child_process").ChildProcess | null} */
let bundler = null;
let ending = false;
/** @type {Promise<void>} */
let turn = Promise.resolve();

function startServer() {
  const argv = [...fromSources, "--enable-source-maps", "standalone/src/main.ts", ...args];
  const started = spawn(process.execPath, argv, { cwd: root, stdio: "inherit" });
  server = started;
  started.on("exit", () => {
    if (server === started) server = null;
    if (!ending) process.stdout.write("Tollgate ended; it starts again at the next change.\n");
  });
}

/**
 * @param {import("node:child_process").ChildProcess | null} child
 */
async function stop(child) {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const patience = new AbortController();
  await Promise.race([
    gone,
    delay(PATIENCE_MILLISECONDS, undefined, { signal: patience.signal }).catch(() => undefined),
  ]);
  patience.abort();
  if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  await gone;
}

/**
 * @param {string} path
 */
async function restart(path) {
  const old = server;
  // Its end is meant; nobody needs to be told.
  server = null;
  old?.removeAllListeners("exit");
  process.stdout.write(`${path} changed; starting again …\n`);
  await stop(old);
  if (!ending) startServer();
}

/** @type {NodeJS.Timeout | undefined} */
let settling;

/**
 * @param {string} path
 */
function changed(path) {
  if (UNIMPORTANT.test(path) || ending) return;
  clearTimeout(settling);
  settling = setTimeout(() => {
    turn = turn.then(() => restart(path));
  }, SETTLED_AFTER_MILLISECONDS);
}

async function end() {
  if (ending) return;
  ending = true;
  clearTimeout(settling);
  await turn;
  await Promise.all([stop(server), stop(bundler)]);
  process.exit(0);
}

process.on("SIGINT", end).on("SIGTERM", end).on("SIGHUP", end);
whenAbandoned(end);
if (!(await build())) process.stdout.write("It starts all the same; the next change is tried again.\n");
if (existsSync(join(root, "web", "vite.config.ts"))) {
  const argv = ["build", "--watch", "--logLevel", "warn"];
  bundler = spawn(vite("web"), argv, { cwd: join(root, "web"), stdio: ["ignore", "inherit", "inherit"] });
}
for (const place of watched.filter((folder) => existsSync(join(root, folder)))) {
  watch(join(root, place), { recursive: true }, (_event, name) => changed(join(place, name ?? "")));
}
startServer();
