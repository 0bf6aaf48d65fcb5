import type { TransactionSql } from "postgres";
import type { Caller } from "../caller/caller.js";
import { UnauthenticatedFault } from "../faults/fault.js";
import type { OrganisationKind } from "../protocol/caller.js";
import type { OrganisationStatus } from "../protocol/tenancy.js";
import type { Scope } from "./database.js";

interface Entered {
  path: string;
  organisation_id: string;
  kind: OrganisationKind;
  status: OrganisationStatus;
  organisation_ids: string[] | null;
}

/** Sends who enters ahead of everything else. @returns what he sees. @throws UnauthenticatedFault for nobody. */
export const enter = async (sql: TransactionSql<{ bigint: bigint }>, caller: Caller): Promise<Scope> => {
  const milliseconds = caller.deadline === null ? null : Math.max(1, Math.ceil(caller.deadline - Date.now()));
  if (caller.kind === "SYSTEM") {
    // Sent ahead of what follows on this connection, and not waited for: should it fail, so does the transaction.
    void sql`select enter_system(${milliseconds})`.execute();
    return { everything: true };
  }
  if (caller.kind === "ANONYMOUS") throw new UnauthenticatedFault();
  const [row] = await sql<Entered[]>`
    select * from enter(${caller.organisationId}, ${caller.narrowedOrganisationId}, ${milliseconds})`;
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
