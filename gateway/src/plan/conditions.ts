import { Kind, type SelectionNode } from "graphql";

/** `@include(if: $wanted)` is `{variable: "wanted", is: true}`; `@skip` is the opposite. */
export interface Condition {
  variable: string;
  is: boolean;
}

/** The conditions of a selection and of all `above` it; "never" where it is left out whatever the variables are. */
export function conditionsOf(selection: SelectionNode, above: readonly Condition[]): readonly Condition[] | "never" {
  let conditions = above;
  for (const directive of selection.directives ?? []) {
    const is = directive.name.value === "include";
    if (!is && directive.name.value !== "skip") continue;
    const value = directive.arguments?.find((argument) => argument.name.value === "if")?.value;
    if (value?.kind === Kind.BOOLEAN && value.value !== is) return "never";
    if (value?.kind === Kind.VARIABLE) conditions = withCondition(conditions, { variable: value.name.value, is });
  }
  return conditions;
}

/** Whether the conditions are met. @param variables coerced, so that defaults are in */
export function areMet(conditions: readonly Condition[], variables: Readonly<Record<string, unknown>>): boolean {
  return conditions.every((one) => variables[one.variable] === one.is);
}

function withCondition(conditions: readonly Condition[], next: Condition): readonly Condition[] {
  const known = conditions.some((one) => one.variable === next.variable && one.is === next.is);
  return known ? conditions : [...conditions, next];
}
