import { createHash } from "node:crypto";
import { globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { root } from "./run.mjs";

const NEVER = /(^|\/)(node_modules|dist|coverage)(\/|$)|\.tsbuildinfo$/;

/**
 * The files below `places` (paths from the checkout's root; a missing one has none), sorted.
 *
 * @param {string[]} places
 * @returns {string[]}
 */
export function filesIn(places) {
  const exclude = (/** @type {string} */ path) => NEVER.test(path);
  return places
    .flatMap((place) => globSync([place, `${place}/**`], { cwd: root, exclude }))
    .filter((path) => !NEVER.test(path) && statSync(join(root, path)).isFile())
    .sort();
}

/**
 * One hash over names and contents.
 *
 * @param {string[]} places
 */
export function hashOf(places) {
  const hash = createHash("sha256");
  for (const path of filesIn(places))
    hash
      .update(`${path}\n`)
      .update(readFileSync(join(root, path)))
      .update("\n");
  return hash.digest("hex");
}
