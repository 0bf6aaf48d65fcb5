import type { Random } from "./random.js";

/** Operations that the fixture graph answers; what they are made into it mostly refuses. */
const sound = [
  "{ me { id displayName wallet { formatted } } }",
  'query Machine($id: ID! = "1") { vm(id: $id) { ...On hourlyCost { formatted } } } fragment On on Vm { id name }',
  "query Many($first: Int = 2) { a: vms(first: $first) { name } b: vms { id } weather serverTime }",
  'mutation Sign { signIn(email: "somebody@cloud.example") { userId } }',
  'mutation Steps { note(step: "one") charge(step: "two") measure(step: "three") }',
  "subscription Samples($ids: [ID!]) { vmSamples(ids: $ids) { cpuPercent vm { id hourlyCost { formatted } } } }",
  "subscription { vmStateChanged { state vm { name } } }",
  'subscription { vmChanges(after: "7") { state } }',
  "{ __schema { types { name fields { name type { name ofType { name } } } } } }",
  '{ __type(name: "Vm") { name } nested { deeper { deeper { leaf } } } }',
] as const;

const scraps = [
  "{",
  "}",
  "(",
  ")",
  "[",
  "]",
  "!",
  "$",
  "@",
  "...",
  ":",
  "|",
  '"',
  '"""',
  "\\u0000",
  "\u0000",
  "\ufeff",
  "\ud800",
  "#",
  ",",
  "&",
  " on ",
  "fragment A on Vm { ...A }",
  "@include(if: $unknown)",
  "@skip(if: true)",
  "@defer",
  "@stream",
  "__typename",
  "__proto__",
  "constructor",
  "toString",
  "null",
  "-0",
  "1e999",
  "99999999999999999999",
  "0x1",
  "{a:{b:[1,null]}}",
  "subscription { __typename }",
  "subscription S { vmSamples @include(if: $x) { cpuPercent } }",
  "query ($a: Nothing) { me { id } }",
  "schema { query: Query }",
  "extend type Query { x: Int }",
] as const;

/** A document that was sound once. */
export function mutatedDocument(random: Random): string {
  if (random.chance(0.08)) return enormous(random);
  let text: string = random.pick(sound);
  for (let times = random.below(4); times > 0; times -= 1) text = mutated(random, text);
  return text;
}

function mutated(random: Random, text: string): string {
  const from = random.below(text.length + 1);
  const to = Math.min(text.length, from + random.below(12));
  const [before, within, after] = [text.slice(0, from), text.slice(from, to), text.slice(to)];
  return random.pick<() => string>([
    () => before + after,
    () => before + within + within + after,
    () => before + random.pick(scraps) + after,
    () => before + [...within].reverse().join("") + after,
    () => `${text} ${random.pick(sound)}`,
    () => before + String.fromCharCode(random.below(0x10000)) + after,
  ])();
}

function enormous(random: Random): string {
  const times = 10 + random.below(4_000);
  return random.pick<() => string>([
    () => "{ nested ".repeat(times) + "}".repeat(times),
    () => `{ ${Array.from({ length: times }, (_, index) => `a${index}: weather`).join(" ")} }`,
    () => `{ vm(id: ${"[".repeat(times)}1${"]".repeat(times)}) { id } }`,
    () =>
      `{ me { id } } ${Array.from({ length: times }, (_, index) => `fragment F${index} on User { ...F${index + 1} }`).join(" ")}`,
    () => `query (${Array.from({ length: times }, (_, index) => `$v${index}: Int`).join(" ")}) { weather }`,
    () => `{ weather ${"@skip(if: false) ".repeat(times)} }`,
    () => `{ vm(id: "${"x".repeat(times * 10)}") { id } }`,
    () => `{ ${"weather ".repeat(times)} }`,
    () => "#".repeat(times * 20),
  ])();
}
