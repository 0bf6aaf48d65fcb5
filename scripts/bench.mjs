// npm run bench -- <area>: one benchmark, or their list.
import { globSync } from "node:fs";
import { basename } from "node:path";
import { endChildrenWithUs, fromSources, root, run } from "./lib/run.mjs";

endChildrenWithUs();
const exclude = (/** @type {string} */ path) => /(^|\/)(node_modules|dist|\.toolchain)(\/|$)/.test(path);
const areas = new Map(
  globSync("**/*.bench.ts", { cwd: root, exclude })
    .sort()
    .map((path) => [basename(path, ".bench.ts"), path]),
);
const [area, ...args] = process.argv.slice(2);
const path = area === undefined ? undefined : areas.get(area);
if (path === undefined) {
  const list = areas.size === 0 ? "There is none yet." : [...areas.keys()].join(", ");
  process.stdout.write(`npm run bench -- <area>. Areas: ${list}\n`);
  process.exit(area === undefined ? 0 : 1);
}
process.exit((await run(process.execPath, [...fromSources, path, ...args], { show: true })).code);
