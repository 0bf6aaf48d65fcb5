import { mutatedDocument } from "./documents.js";
import type { Random } from "./random.js";

const oddValues: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => 0,
  () => -1.5,
  () => "",
  () => "text",
  () => [],
  () => [null, [[]]],
  () => ({}),
  () => ({ __proto__: null, constructor: { prototype: 1 } }),
  () => 1e308,
  () => "\ud800",
];

const oddTexts = ["", "null", "[]", "{", "}", '"', "[[[", "NaN", "{}{}", '{"query":', "﻿{}", "\u0000"] as const;

/** An operation as JSON, with this or that of another type than it has to have. */
export function operationValue(random: Random): Record<string, unknown> {
  const odd = (): unknown => random.pick(oddValues)();
  const operation: Record<string, unknown> = { query: random.chance(0.1) ? odd() : mutatedDocument(random) };
  if (random.chance(0.3)) operation.variables = random.chance(0.5) ? odd() : { id: odd(), ids: odd(), first: odd() };
  if (random.chance(0.2)) operation.operationName = random.chance(0.5) ? odd() : "Machine";
  if (random.chance(0.2)) operation.extensions = oddExtensions(random, odd);
  if (random.chance(0.05)) operation[random.pick(["__proto__", "constructor", "id", "toString"])] = odd();
  return operation;
}

function oddExtensions(random: Random, odd: () => unknown): unknown {
  return random.pick<() => unknown>([
    odd,
    () => ({ persistedQuery: odd() }),
    () => ({ persistedQuery: { version: odd(), sha256Hash: odd() } }),
    () => ({ persistedQuery: { version: 1, sha256Hash: "0".repeat(64) } }),
    () => ({ explain: odd(), traceparent: odd() }),
    () => ({ traceparent: "00-zz-zz-zz", explain: true }),
  ])();
}

/** The bytes of a request's body: an operation, a part of one, or nothing of the kind. */
export function requestBody(random: Random): Buffer {
  const json = (): Buffer => Buffer.from(JSON.stringify(operationValue(random)));
  return random.pick<() => Buffer>([
    json,
    json,
    json,
    () => Buffer.from(JSON.stringify([operationValue(random), operationValue(random)])),
    () => Buffer.from(random.pick(oddTexts)),
    () => random.bytes(random.below(300)),
    () => cut(random, json()),
    () => withBrokenText(random, json()),
    () => Buffer.from(`${"[".repeat(20_000)}${"]".repeat(random.below(20_000))}`),
    () => Buffer.from(`{"query":"{ weather }","variables":${'{"a":'.repeat(3_000)}1${"}".repeat(3_000)}}`),
    () => Buffer.from(`{"query":"{ weather }","query":"{ serverTime }","__proto__":{"query":1}}`),
  ])();
}

/** The beginning of something. */
export const cut = (random: Random, whole: Buffer): Buffer => whole.subarray(0, random.below(whole.length + 1));

/** The same with bytes in it that are no UTF-8. */
export function withBrokenText(random: Random, whole: Buffer): Buffer {
  const broken = Buffer.from(whole);
  for (let times = 1 + random.below(4); times > 0 && broken.length > 0; times -= 1)
    broken[random.below(broken.length)] = random.pick([0xff, 0xc0, 0xed, 0x80, 0xf8, 0x00]);
  return broken;
}
