// A transform of graphql-codegen: every amount in words is asked for in the locale `$locale`, which the dashboard fills in.
import { Kind, visit } from "graphql";

/** @typedef {{ document?: import("graphql").DocumentNode }} DocumentFile */
/** @typedef {import("graphql").FragmentDefinitionNode} Fragment */

/** @type {import("graphql").NameNode} */
const name = { kind: Kind.NAME, value: "locale" };
/** @type {import("graphql").VariableNode} */
const variable = { kind: Kind.VARIABLE, name };
/** @type {import("graphql").ArgumentNode} */
const argument = { kind: Kind.ARGUMENT, name, value: variable };
/** @type {import("graphql").VariableDefinitionNode} */
const definition = {
  kind: Kind.VARIABLE_DEFINITION,
  variable,
  type: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: "Locale" } },
  directives: [],
};

/**
 * @param {{ documents: readonly DocumentFile[] }} given
 * @returns {DocumentFile[]}
 */
export function transform({ documents }) {
  const asked = documents.map((file) => changed(file, { Field: inLocale }));
  const definitions = asked.flatMap(({ document }) => document?.definitions ?? []);
  const local = localFragments(definitions.filter((each) => each.kind === Kind.FRAGMENT_DEFINITION));
  /** @param {import("graphql").OperationDefinitionNode} operation */
  const define = (operation) =>
    needsLocale(operation, local)
      ? { ...operation, variableDefinitions: [...(operation.variableDefinitions ?? []), definition] }
      : undefined;
  return asked.map((file) => changed(file, { OperationDefinition: define }));
}

/**
 * @param {DocumentFile} file
 * @param {import("graphql").ASTVisitor} visitor
 * @returns {DocumentFile}
 */
function changed(file, visitor) {
  return file.document ? { ...file, document: visit(file.document, visitor) } : file;
}

/** No other field than that of `Money` is called so. @param {import("graphql").FieldNode} field */
function inLocale(field) {
  return field.name.value === "formatted" && !field.arguments?.length ? { ...field, arguments: [argument] } : undefined;
}

/** Names of the fragments that show an amount, themselves or by one that they take in. @param {Fragment[]} fragments */
function localFragments(fragments) {
  /** @type {Set<string>} */
  const found = new Set();
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const fragment of fragments) if (needsLocale(fragment, found)) found.add(fragment.name.value);
  }
  return found;
}

/**
 * @param {import("graphql").ExecutableDefinitionNode} node
 * @param {ReadonlySet<string>} local
 */
function needsLocale(node, local) {
  let needs = false;
  visit(node, {
    Argument: ({ value }) => {
      if (value === variable) needs = true;
    },
    FragmentSpread: (spread) => {
      if (local.has(spread.name.value)) needs = true;
    },
  });
  return needs;
}
