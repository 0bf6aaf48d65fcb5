import { getNamedType, isAbstractType, isObjectType } from "graphql";
import type { Questions } from "./asked.js";
import type { Asker } from "./callers.js";
import { type Field, fieldsOf, type Graph } from "./graph.js";
import { argumentsFor } from "./inputs.js";
import { argumentsText } from "./selections.js";

/** How somebody comes to a type, all the way through fields that he may ask for. */
interface Path {
  root: Field;
  /** The selection of the root field around what is asked of the type. */
  around: (inner: string) => string;
}

const LONGEST = 4;

const callOf = (graph: Graph, field: Field): string =>
  `${field.name}${argumentsText(
    graph.schema,
    argumentsFor(field, () => undefined),
  )}`;

/** The shortest way to each type that somebody can reach by queries. */
const pathsOf = (graph: Graph, who: Asker): Map<string, Path> => {
  const paths = new Map<string, Path>();
  const isOpen = (type: string, field: Field) => graph.isAllowed(type, field, who.permissions);
  const reach = (field: Field, path: Path): string[] => {
    const result = getNamedType(field.type);
    const members = isAbstractType(result)
      ? graph.schema.getPossibleTypes(result)
      : isObjectType(result)
        ? [result]
        : [];
    return members.flatMap(({ name }) => {
      if (paths.has(name)) return [];
      const { root, around } = path;
      paths.set(name, {
        root,
        around: (inner) => around(isAbstractType(result) ? `... on ${name} { ${inner} }` : inner),
      });
      return [name];
    });
  };
  let edge = graph
    .root("Query")
    .filter((field) => isOpen("Query", field))
    .flatMap((root) => reach(root, { root, around: (inner) => inner }));
  for (let length = 1; length < LONGEST; length += 1) {
    edge = edge.flatMap((name) => {
      const path = paths.get(name);
      if (!path) return [];
      return fieldsOf(graph.objectType(name))
        .filter((field) => isOpen(name, field))
        .flatMap((field) =>
          reach(field, { ...path, around: (inner) => path.around(`${callOf(graph, field)} { ${inner} }`) }),
        );
    });
  }
  return paths;
};

/** A question for each field that somebody may not ask for of a type that he can reach. */
export const forbiddenWithin = (graph: Graph, questions: Questions, who: Asker) =>
  [...pathsOf(graph, who)].flatMap(([name, { root, around }]) =>
    fieldsOf(graph.objectType(name))
      .filter((field) => !graph.isAllowed(name, field, who.permissions))
      .map((field) => {
        const isLeaf = !isObjectType(getNamedType(field.type)) && !isAbstractType(getNamedType(field.type));
        const asked = `${callOf(graph, field)}${isLeaf ? "" : " { __typename }"}`;
        return {
          coordinate: `${name}.${field.name}`,
          question: questions.own(who, root, 0, { selection: around(asked) }),
        };
      }),
  );
