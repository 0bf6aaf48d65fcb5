import { announce, audit, ConflictFault, ForbiddenFault, InvalidInputFault, type Tx } from "@tollgate/kit";
import type { OrganisationKind, OrganisationStatus, TenancyChange } from "@tollgate/kit/protocol";
import { and, eq } from "drizzle-orm";
import { organisation } from "../tables.js";
import { nextVersion, type OrganisationNode, organisationById } from "./tree.js";

/** @throws ForbiddenFault unless the organisation is strictly below the caller's own: nobody acts on himself. */
const requireBelow = (tx: Tx, node: OrganisationNode): void => {
  if (tx.caller.kind === "USER" && node.id === tx.caller.organisationId) {
    throw new ForbiddenFault(
      "This can only be done to an organisation below your own.",
      "NOT_BELOW",
      "organisation:suspend",
    );
  }
};

/** The version of the tree that a change made. */
export interface TreeChange {
  organisation: OrganisationNode;
  version: string;
}

/**
 * Suspends an organisation, and with it all below: they may read and pay only.
 * @throws NotFoundFault, ForbiddenFault, ConflictFault when it is suspended or closed already.
 */
export const suspend = (tx: Tx, id: string, reason: string): Promise<TreeChange> => {
  const text = reason.trim();
  if (text.length < 3 || text.length > 500) {
    throw InvalidInputFault.of("reason", "LENGTH", "Give a reason of 3 to 500 characters.");
  }
  return turn(tx, id, { from: "ACTIVE", to: "SUSPENDED", reason: text, event: "organisation.suspended" });
};

/** Takes a suspension back. What is below stays suspended where it is so by itself. */
export const reactivate = (tx: Tx, id: string): Promise<TreeChange> =>
  turn(tx, id, { from: "SUSPENDED", to: "ACTIVE", reason: null, event: "organisation.reactivated" });

interface Turn {
  from: OrganisationStatus;
  to: OrganisationStatus;
  reason: string | null;
  event: "organisation.suspended" | "organisation.reactivated";
}

const turn = async (tx: Tx, id: string, { from, to, reason, event }: Turn): Promise<TreeChange> => {
  const node = await organisationById(tx, id);
  requireBelow(tx, node);
  const version = await nextVersion(tx);
  const [changed] = await tx.db
    .update(organisation)
    .set({ ownStatus: to, statusReason: reason })
    .where(and(eq(organisation.organisationId, id), eq(organisation.ownStatus, from)))
    .returning({ id: organisation.organisationId });
  if (!changed) throw new ConflictFault(`${node.name} is not ${from.toLowerCase()} itself.`, id);
  const changes = await restateBranch(tx, id, version);
  await announce(tx, "organisation.changed", { aggregateId: id, organisationId: id, payload: changes });
  await announce(tx, event, {
    aggregateId: id,
    organisationId: id,
    payload: { organisationId: id, name: node.name, reason },
  });
  await audit(tx, "organisations", {
    action: "organisation:suspend",
    resource: "organisation",
    resourceId: id,
    organisationId: id,
    before: { status: from, statusReason: node.statusReason },
    after: { status: to, statusReason: reason },
  });
  return { organisation: await organisationById(tx, id), version };
};

/** Works the effective status of a branch out anew. @returns what changed. */
const restateBranch = async (tx: Tx, id: string, version: string): Promise<TenancyChange[]> => {
  const rows = await tx.sql<
    {
      organisation_id: string;
      parent_id: string | null;
      path: string;
      kind: OrganisationKind;
      status: OrganisationStatus;
    }[]
  >`
    with recursive branch as (
      select o.organisation_id, case when o.own_status = 'CLOSED' then 'CLOSED'
          when o.own_status = 'SUSPENDED' or above.status <> 'ACTIVE' then 'SUSPENDED' else 'ACTIVE' end as status
        from organisation o left join tenancy above on above.organisation_id = o.parent_id
       where o.organisation_id = ${id}
      union all
      select o.organisation_id, case when o.own_status = 'CLOSED' then 'CLOSED'
          when o.own_status = 'SUSPENDED' or b.status <> 'ACTIVE' then 'SUSPENDED' else 'ACTIVE' end
        from organisation o join branch b on o.parent_id = b.organisation_id
    )
    update tenancy t set status = branch.status, version = ${version}
      from branch where t.organisation_id = branch.organisation_id and t.status <> branch.status
    returning t.organisation_id, t.parent_id, t.path, t.kind, t.status`;
  return rows.map((row) => ({
    organisationId: row.organisation_id,
    parentId: row.parent_id,
    path: row.path,
    kind: row.kind,
    status: row.status,
    version,
  }));
};
