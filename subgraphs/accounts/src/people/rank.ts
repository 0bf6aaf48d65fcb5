import { ForbiddenFault, holds, type Tx } from "@tollgate/kit";

/**
 * Nobody takes access from, or gives it back to, a person who may do what he may not do himself: an admin could put the
 * owner out of the way otherwise. The same rule as for roles, which nobody gives or takes beyond what he holds.
 * @param userIds of the caller's estate; oneself is never above oneself.
 * @throws ForbiddenFault naming one permission that the caller would have to hold.
 */
export const requireNotAbove = async (tx: Tx, userIds: readonly string[]): Promise<void> => {
  if (tx.caller.kind !== "USER") return;
  const rows = await tx.sql<{ permission: string }[]>`
    select distinct unnest(permissions) as permission from "grant" where user_id = any(${[...userIds]}::uuid[])
     order by permission`;
  const missing = rows.find(({ permission }) => !holds(tx.caller, permission));
  if (!missing) return;
  const who = userIds.length > 1 ? "Somebody among them" : "This person";
  throw new ForbiddenFault(
    `${who} may do more than you: ask somebody who holds as much.`,
    "POLICY",
    missing.permission,
  );
};
