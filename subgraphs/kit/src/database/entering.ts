import type { TransactionSql } from "postgres";
import type { Caller } from "../caller/caller.js";
import { UnauthenticatedFault } from "../faults/fault.js";
import type { OrganisationKind } from "../protocol/caller.js";
import type { OrganisationStatus } from "../protocol/tenancy.js";
import type { Scope } from "./tx.js";

type Sql = TransactionSql<{ bigint: bigint }>;

interface Entered {
  path: string;
  organisation_id: string;
  kind: OrganisationKind;
  status: OrganisationStatus;
  organisation_ids: string[] | null;
}

/**
 * Sends who enters ahead of everything else, right behind BEGIN. Until that was answered nothing else may be sent: where
 * it failed, each statement would be a transaction of its own, and entering alone changes nothing then.
 * @param begun the answer to BEGIN.
 * @returns what he sees.
 * @throws UnauthenticatedFault for nobody; why BEGIN failed.
 */
export const enter = async (sql: Sql, caller: Caller, begun: Promise<unknown>): Promise<Scope> => {
  const milliseconds = caller.deadline === null ? null : Math.max(1, Math.ceil(caller.deadline - Date.now()));
  if (caller.kind === "SYSTEM") {
    // Not waited for itself: should it fail, so does the transaction.
    void sql`select enter_system(${milliseconds})`.execute();
    await begun;
    return { everything: true };
  }
  if (caller.kind === "ANONYMOUS") throw new UnauthenticatedFault();
  const entering = sql<Entered[]>`
    select * from enter(${caller.organisationId}, ${caller.narrowedOrganisationId}, ${milliseconds})`;
  const [[row]] = await Promise.all([entering, begun]);
  if (!row) throw new Error("enter() gave no row");
  return {
    everything: false,
    path: row.path,
    organisationId: row.organisation_id,
    kind: row.kind,
    status: row.status,
    organisationIds: row.organisation_ids,
  };
};
