// The graph's public schema may grow as it likes; what breaks clients has to be said, with its reason, in schema/changes.
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { basename, join } from "node:path";
import { buildSchema, findBreakingChanges, findDangerousChanges } from "graphql";
import { root } from "./run.mjs";

/** @typedef {{ name: string, why: string, breaking: string[] }} ChangeFile */
/** @typedef {{ complaints: string[], notes: string[] }} Findings */

const CURRENT = "schema/api.graphql";
const HISTORY = "schema/history";
const RELEASED = `${HISTORY}/released.graphql`;
const CHANGES = "schema/changes";

/**
 * What is wrong with the step from one schema to the next, and what may surprise clients although it is allowed.
 *
 * @param {string} before SDL
 * @param {string} after SDL
 * @param {ChangeFile[]} changes what was announced
 * @returns {Findings}
 */
export function compareSchemas(before, after, changes) {
  const [from, to] = [buildSchema(before), buildSchema(after)];
  const breaking = new Set(findBreakingChanges(from, to).map(({ description }) => description));
  const named = new Set(changes.flatMap((change) => change.breaking));
  const unnamed = [...breaking].filter((description) => !named.has(description));
  const complaints = unnamed.map((description) => `breaks clients, and no file in ${CHANGES} names it: ${description}`);
  for (const { name, breaking: announced } of changes)
    for (const description of announced)
      if (!breaking.has(description)) complaints.push(`${name} names what is not so: ${description}`);
  return { complaints, notes: findDangerousChanges(from, to).map(({ description }) => description) };
}

/**
 * The change files since the last release, sorted by name.
 *
 * @param {string} [folder] the checkout
 * @returns {ChangeFile[]}
 * @throws Error when one has another form
 */
export function readChanges(folder = root) {
  return globSync(`${CHANGES}/*.json`, { cwd: folder })
    .sort()
    .map((path) => changeOf(basename(path), readFileSync(join(folder, path), "utf8")));
}

/**
 * @param {string} name
 * @param {string} text
 * @returns {ChangeFile}
 * @throws Error when it has another form
 */
export function changeOf(name, text) {
  const { why, breaking, ...rest } = JSON.parse(text);
  const isText = (/** @type {unknown} */ value) => typeof value === "string" && value.trim() !== "";
  if (!isText(why)) throw new Error(`${name}: "why" has to say why`);
  if (!Array.isArray(breaking) || breaking.length === 0 || !breaking.every(isText))
    throw new Error(`${name}: "breaking" has to name the changes`);
  const unknown = Object.keys(rest);
  if (unknown.length > 0) throw new Error(`${name}: nobody reads "${unknown.join('", "')}"`);
  return { name, why, breaking };
}

/**
 * The step from the released schema to the present one.
 *
 * @param {string} [folder] the checkout
 * @returns {Findings}
 */
export function schemaHistory(folder = root) {
  const read = (/** @type {string} */ path) => readFileSync(join(folder, path), "utf8");
  return compareSchemas(read(RELEASED), read(CURRENT), readChanges(folder));
}

/**
 * Makes the present schema the released one, and keeps what was announced for it under its version.
 *
 * @param {string} version such as "1.2.0"
 * @param {string} [folder] the checkout
 * @returns {Findings} nothing was done when it has complaints
 */
export function releaseSchema(version, folder = root) {
  const kept = join(folder, HISTORY, version);
  const complaints = /^\d+\.\d+\.\d+$/.test(version) ? [] : [`"${version}" is no version such as 1.2.0`];
  if (complaints.length === 0 && existsSync(kept)) complaints.push(`${version} has been released already`);
  const findings = schemaHistory(folder);
  complaints.push(...findings.complaints);
  if (complaints.length > 0) return { complaints, notes: [] };
  mkdirSync(kept, { recursive: true });
  copyFileSync(join(folder, CURRENT), join(kept, "api.graphql"));
  for (const { name } of readChanges(folder)) renameSync(join(folder, CHANGES, name), join(kept, name));
  copyFileSync(join(folder, CURRENT), join(folder, RELEASED));
  return findings;
}
