import { announce, audit, ConflictFault, reasonOf, type Tx } from "@tollgate/kit";
import type { OrganisationStatus } from "@tollgate/kit/protocol";
import { and, eq } from "drizzle-orm";
import { organisation } from "../tables.js";
import type { TreeChange } from "./changes.js";
import { restateBranch } from "./restate.js";
import { openBelow } from "./rules.js";

/**
 * Suspends an organisation, and with it all below: they may read and pay only.
 * @throws NotFoundFault, ForbiddenFault, ConflictFault when it is suspended or closed already.
 */
export const suspend = (tx: Tx, id: string, reason: string): Promise<TreeChange> =>
  turn(tx, id, { from: "ACTIVE", to: "SUSPENDED", reason: reasonOf(reason), event: "organisation.suspended" });

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
  const node = await openBelow(tx, id, "organisation:suspend");
  const [changed] = await tx.db
    .update(organisation)
    .set({ ownStatus: to, statusReason: reason })
    .where(and(eq(organisation.organisationId, node.id), eq(organisation.ownStatus, from)))
    .returning({ id: organisation.organisationId });
  if (!changed) throw new ConflictFault(`${node.name} is not ${from.toLowerCase()} itself.`, node.id);
  const version = await restateBranch(tx, node.id);
  await announce(tx, event, {
    aggregateId: node.id,
    organisationId: node.id,
    payload: { organisationId: node.id, name: node.name, reason },
  });
  await audit(tx, "organisations", {
    action: "organisation:suspend",
    resource: "organisation",
    resourceId: node.id,
    organisationId: node.id,
    before: { status: from, statusReason: node.statusReason },
    after: { status: to, statusReason: reason },
  });
  return { id: node.id, version };
};
