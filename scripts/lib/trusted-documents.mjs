// A plugin of graphql-codegen: the operations of some documents as a register, SHA-256 of the text → text.
import { createHash } from "node:crypto";
import { Kind, print } from "graphql";

/**
 * @param {unknown} _schema
 * @param {{ document?: import("graphql").DocumentNode }[]} files
 * @returns {string}
 */
export function plugin(_schema, files) {
  const definitions = files.flatMap(({ document }) => document?.definitions ?? []);
  const fragments = definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  const operations = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const texts = operations
    .map((operation) => ({ name: operation.name?.value ?? "", text: textOf(operation, fragments) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const register = texts.map(({ text }) => [createHash("sha256").update(text).digest("hex"), text]);
  return `${JSON.stringify(Object.fromEntries(register), null, 2)}\n`;
}

/**
 * An operation with the fragments that it needs, in the order of their names.
 *
 * @param {import("graphql").OperationDefinitionNode} operation
 * @param {import("graphql").FragmentDefinitionNode[]} fragments
 */
function textOf(operation, fragments) {
  const needed = new Set();
  const pending = [print(operation)];
  for (let text = pending.pop(); text !== undefined; text = pending.pop()) {
    for (const [, name] of text.matchAll(/\.\.\.\s*(?!on\b)(\w+)/g)) {
      const fragment = fragments.find((candidate) => candidate.name.value === name);
      if (!fragment || needed.has(fragment)) continue;
      needed.add(fragment);
      pending.push(print(fragment));
    }
  }
  const used = [...needed].sort((a, b) => (a.name.value < b.name.value ? -1 : 1));
  return print({ kind: Kind.DOCUMENT, definitions: [operation, ...used] });
}
