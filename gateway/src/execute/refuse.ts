import type { RequestCaller } from "@tollgate/kit/protocol";
import type { GraphQLError } from "graphql";
import { refusal } from "../observe/errors.js";
import type { Requirement } from "../plan/requirements.js";

/**
 * Why the caller may not do this operation, before anything is fetched; null when it may try. The subgraphs decide again.
 * @param variables coerced, so that defaults are in
 */
export function refuse(
  requirements: readonly Requirement[],
  caller: RequestCaller,
  variables: Readonly<Record<string, unknown>>,
): GraphQLError | null {
  const due = requirements.filter(({ conditions }) => conditions.every((one) => variables[one.variable] === one.is));
  if (due.length === 0) return null;
  if (!caller.claims) return refusal("UNAUTHENTICATED", "Sign in first");
  const granted = new Set(caller.claims.permissions);
  const missing = due.find(
    ({ guard }) => guard.anyOf.length > 0 && !guard.anyOf.some((all) => all.every((one) => granted.has(one))),
  );
  if (!missing) return null;
  const needed = missing.guard.anyOf.map((all) => all.join(" and ")).join(", or ");
  return refusal("FORBIDDEN", `${missing.coordinate} needs the permission ${needed}`);
}
