import { announce, audit, ConflictFault, reasonOf, type Tx } from "@tollgate/kit";
import { requireBelow } from "../tree/rules.js";
import { organisationById } from "../tree/tree.js";

/**
 * Erases the people and contacts of a closed organisation in all five subgraphs; books, invoices and the trail stay. Asked
 * again it goes over everything once more.
 * @throws NotFoundFault; ForbiddenFault for one's own; ConflictFault for one that is not closed.
 */
export const eraseOrganisation = async (tx: Tx, id: string, why: string): Promise<string> => {
  const reason = reasonOf(why);
  const node = await organisationById(tx, id);
  requireBelow(tx, node, "organisation:erase");
  if (node.status !== "CLOSED") throw new ConflictFault(`${node.name} is not closed.`, node.id);
  await announce(tx, "organisation.erased", {
    aggregateId: node.id,
    organisationId: node.id,
    // Under the organisation's own id, so that asking twice is one erasure.
    payload: {
      erasureId: node.id,
      organisationId: node.id,
      reason,
      requestedBy: tx.caller.kind === "USER" ? tx.caller.userId : null,
    },
  });
  await audit(tx, "organisations", {
    action: "organisation:erase",
    resource: "organisation",
    resourceId: node.id,
    organisationId: node.id,
    after: { reason },
  });
  return node.id;
};
