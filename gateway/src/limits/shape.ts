import {
  type ASTVisitor,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from "graphql";
import type { Limits } from "./limits.js";

interface Shape {
  depth: number;
  aliases: number;
  fields: number;
  rootFields: number;
}

const none: Shape = { depth: 0, aliases: 0, fields: 0, rootFields: 0 };
const introspection = new Set(["__schema", "__type"]);

/** A validation rule that refuses operations which are too deep or too wide, before anything is planned. */
export function shapeRule(limits: Limits): ValidationRule {
  return (context: ValidationContext): ASTVisitor => {
    const measured = new Map<string, Shape>();
    return {
      OperationDefinition(operation) {
        const shape = measure(operation.selectionSet, (name) => fragmentShape(name, context, measured));
        for (const complaint of complaintsAbout(shape, limits)) context.reportError(tooLarge(complaint, operation));
      },
    };
  };
}

function complaintsAbout(shape: Shape, limits: Limits): string[] {
  const complaints: string[] = [];
  const check = (found: number, allowed: number, what: string): void => {
    if (found > allowed) complaints.push(`The operation has ${found} ${what}; ${allowed} are allowed`);
  };
  check(shape.depth, limits.depth, "levels of fields");
  check(shape.aliases, limits.aliases, "aliases");
  check(shape.rootFields, limits.rootFields, "root fields");
  check(shape.fields, limits.fields, "fields");
  return complaints;
}

function tooLarge(message: string, operation: OperationDefinitionNode): GraphQLError {
  return new GraphQLError(message, { nodes: [operation], extensions: { code: "INVALID_INPUT" } });
}

function measure(selections: SelectionSetNode, ofFragment: (name: string) => Shape): Shape {
  const total = { ...none };
  const add = (part: Shape): void => {
    total.depth = Math.max(total.depth, part.depth);
    total.aliases += part.aliases;
    total.fields += part.fields;
    total.rootFields += part.rootFields;
  };
  for (const selection of selections.selections) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) add(ofFragment(selection.name.value));
    else if (selection.kind === Kind.INLINE_FRAGMENT) add(measure(selection.selectionSet, ofFragment));
    else {
      const exempt = introspection.has(selection.name.value);
      const below = selection.selectionSet && !exempt ? measure(selection.selectionSet, ofFragment) : none;
      add({
        depth: below.depth + 1,
        aliases: below.aliases + (selection.alias ? 1 : 0),
        fields: below.fields + 1,
        rootFields: 1,
      });
    }
  }
  return total;
}

/** Each fragment is measured once, so that nested spreads cost no more than their text. */
function fragmentShape(name: string, context: ValidationContext, measured: Map<string, Shape>): Shape {
  const known = measured.get(name);
  if (known) return known;
  measured.set(name, none); // a cycle counts as nothing here; another rule refuses it
  const fragment: FragmentDefinitionNode | null | undefined = context.getFragment(name);
  const shape = fragment ? measure(fragment.selectionSet, (inner) => fragmentShape(inner, context, measured)) : none;
  measured.set(name, shape);
  return shape;
}
