// A transform of graphql-codegen: every amount in words is asked for in the locale `$locale`, which the dashboard fills in.
import { Kind, visit } from "graphql";

const name = (value) => ({ kind: Kind.NAME, value });
const variable = { kind: Kind.VARIABLE, name: name("locale") };
const argument = { kind: Kind.ARGUMENT, name: name("locale"), value: variable };
const definition = {
  kind: Kind.VARIABLE_DEFINITION,
  variable,
  type: { kind: Kind.NAMED_TYPE, name: name("Locale") },
  directives: [],
};

/**
 * @param {{ documents: { document?: import("graphql").DocumentNode }[] }} given
 * @returns {{ document?: import("graphql").DocumentNode }[]}
 */
export function transform({ documents }) {
  const asked = documents.map((file) => ({
    ...file,
    document: file.document && visit(file.document, { Field: inLocale }),
  }));
  const local = localFragments(asked.flatMap(({ document }) => document?.definitions ?? []));
  const define = (operation) =>
    needsLocale(operation, local)
      ? { ...operation, variableDefinitions: [...(operation.variableDefinitions ?? []), definition] }
      : undefined;
  return asked.map((file) => ({
    ...file,
    document: file.document && visit(file.document, { OperationDefinition: define }),
  }));
}

/** No other field than that of `Money` is called so. @param {import("graphql").FieldNode} field */
function inLocale(field) {
  return field.name.value === "formatted" && !field.arguments?.length ? { ...field, arguments: [argument] } : undefined;
}

/** Names of the fragments that show an amount, themselves or by one that they take in. */
function localFragments(definitions) {
  const fragments = definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  const found = new Set();
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const fragment of fragments) if (needsLocale(fragment, found)) found.add(fragment.name.value);
  }
  return found;
}

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
