import {
  audit,
  homeOrganisation,
  InvalidInputFault,
  NotFoundFault,
  organisationInScope,
  requireId,
  type Tx,
} from "@tollgate/kit";
import { and, asc, eq, inArray, isNotNull, ne } from "drizzle-orm";
import { machine } from "../machines/machine.schema.js";

/** More than these nobody ranks one by one. */
const MOST_RANKED = 1_000;

export interface Ranking {
  /** The caller's own when left out. */
  organisationId: string | null;
  /** The first stops last. */
  vmIds: readonly string[];
}

const own = (organisationId: string) => and(eq(machine.organisationId, organisationId), ne(machine.state, "DELETED"));

/** Ids of an organisation's ranked machines; the first stops last. */
export const rankingOf = async (tx: Tx, organisationId: string): Promise<string[]> => {
  const rows = await tx.db
    .select({ vmId: machine.vmId })
    .from(machine)
    .where(and(own(organisationId), isNotNull(machine.stopRank)))
    .orderBy(asc(machine.stopRank), asc(machine.vmId));
  return rows.map(({ vmId }) => vmId);
};

/** Ranks by machine; those that nobody ranked, and those out of sight, are left out. */
export const stopRanks = async (tx: Tx, vmIds: readonly string[]): Promise<Map<string, number>> => {
  const rows = await tx.db
    .select({ vmId: machine.vmId, stopRank: machine.stopRank })
    .from(machine)
    .where(and(inArray(machine.vmId, [...vmIds]), ne(machine.state, "DELETED")));
  return new Map(rows.flatMap(({ vmId, stopRank }) => (stopRank === null ? [] : [[vmId, stopRank] as const])));
};

/** @throws InvalidInputFault; NotFoundFault for what is not the form of an id. */
const checked = (vmIds: readonly string[]): string[] => {
  if (vmIds.length > MOST_RANKED) {
    throw InvalidInputFault.of("vmIds", "TOO_MANY", `At most ${MOST_RANKED} machines are ranked.`);
  }
  const ids = vmIds.map((id) => requireId("vm", id));
  const twice = ids.findIndex((id, nth) => ids.indexOf(id) !== nth);
  if (twice >= 0) throw InvalidInputFault.of(`vmIds.${twice}`, "DUPLICATE", "Each machine has one rank.");
  return ids;
};

/**
 * Says in which order an organisation's machines stop when its money ends, in place of what was said before; it counts
 * from the next stop on, also while reserves pay already.
 * @returns the organisation's id.
 * @throws NotFoundFault for an organisation or machine out of sight, or a machine of another organisation;
 *   InvalidInputFault.
 */
export const rankVms = async (tx: Tx, ranking: Ranking): Promise<string> => {
  const organisationId = requireId("organisation", ranking.organisationId ?? homeOrganisation(tx.caller));
  await organisationInScope(tx, organisationId);
  const vmIds = checked(ranking.vmIds);
  const rows = await tx.db
    .select({ vmId: machine.vmId })
    .from(machine)
    .where(own(organisationId))
    .orderBy(asc(machine.vmId))
    .for("update");
  const known = new Set(rows.map(({ vmId }) => vmId));
  const unknown = vmIds.find((id) => !known.has(id));
  if (unknown !== undefined) throw new NotFoundFault("vm", unknown);
  const before = await rankingOf(tx, organisationId);
  await tx.sql`
    update machine m set stop_rank = r.rank
      from machine o left join unnest(${vmIds}::uuid[]) with ordinality r(vm_id, rank) on r.vm_id = o.vm_id
     where o.organisation_id = ${organisationId} and m.vm_id = o.vm_id and m.stop_rank is distinct from r.rank`;
  await audit(tx, "billing", {
    action: "wallet:configure",
    resource: "machine",
    organisationId,
    before: { ranked: before },
    after: { ranked: vmIds },
  });
  return organisationId;
};
