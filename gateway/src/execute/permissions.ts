import type { RequestCaller } from "@tollgate/kit/protocol";
import { areMet } from "../plan/conditions.js";
import type { Requirement } from "../plan/requirements.js";

/** What a caller lacks, and where: `Vm.hourlyCost`, `price:read`. */
export interface MissingPermission {
  coordinate: string;
  permission: string;
}

/**
 * What of the requirements counts with these variables: a field that is not included needs nothing.
 * @param variables coerced, so that defaults are in
 */
export function dueRequirements(
  requirements: readonly Requirement[],
  variables: Readonly<Record<string, unknown>>,
): readonly Requirement[] {
  return requirements.filter(({ conditions }) => areMet(conditions, variables));
}

/** The first permission that the caller lacks, before anything is fetched; null when there is none. The subgraphs decide again. */
export function missingPermission(due: readonly Requirement[], caller: RequestCaller): MissingPermission | null {
  const granted = new Set(caller.claims?.permissions);
  const allows = ({ guard }: Requirement): boolean =>
    guard.anyOf.length === 0 || guard.anyOf.some((all) => all.every((one) => granted.has(one)));
  const missing = due.find((requirement) => !allows(requirement));
  if (!missing) return null;
  const permission = missing.guard.anyOf.map((all) => all.join(" and ")).join(", or ");
  return { coordinate: missing.coordinate, permission };
}
