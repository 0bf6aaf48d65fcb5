import { ForbiddenFault, type Tx } from "@tollgate/kit";

/**
 * Sees to it that an organisation keeps an active owner when these people go: counts under a lock of each organisation,
 * so that two who take the last two owners away at once do not both find the other.
 * @throws ForbiddenFault where nobody would be left.
 */
export const requireOwnersLeft = async (tx: Tx, userIds: readonly string[]): Promise<void> => {
  const concerned = await tx.sql<{ id: string }[]>`
    select distinct organisation_id as id from "user" where id = any(${[...userIds]}::uuid[]) order by 1`;
  const organisations = concerned.map(({ id }) => id);
  // One after the other, in the same order for everybody.
  for (const id of organisations) await tx.sql`select pg_advisory_xact_lock(hashtext(${`owners of ${id}`}))`;
  const [ownerless] = await tx.sql<{ id: string }[]>`
    select u.organisation_id as id from "user" u join "grant" g on g.user_id = u.id
     where u.organisation_id = any(${organisations}::uuid[]) and g.is_owner and u.status = 'ACTIVE'
     group by 1 having bool_and(u.id = any(${[...userIds]}::uuid[])) limit 1`;
  if (ownerless) {
    throw new ForbiddenFault("The last owner of an organisation cannot go: make somebody else owner first.", "POLICY");
  }
};

/** @throws ForbiddenFault where the caller is among them. */
export const refuseSelf = (tx: Tx, userIds: readonly string[], what: string): void => {
  if (tx.caller.kind === "USER" && userIds.includes(tx.caller.userId)) {
    throw new ForbiddenFault(`Nobody can ${what} themselves.`, "POLICY");
  }
};
