import { announce, audit, systemCaller, type Tx } from "@tollgate/kit";
import type { Suspicion } from "@tollgate/kit/protocol";
import { SECURITY_PREFIX } from "./security.js";

/** The same suspicion of the same subject is raised again after this long at the earliest. */
const QUIET_MINUTES = 60;

/**
 * Raises a suspicion: a record in the organisation's trail, and word to those who may read it.
 * @returns whether it was; not when it was raised a short while ago.
 */
export const raise = async (tx: Tx, suspicion: Suspicion): Promise<boolean> => {
  const { organisationId, pattern, subject } = suspicion;
  const [news] = await tx.sql`
    insert into audit_alarm as a (organisation_id, pattern, subject, raised_at)
    values (${organisationId}, ${pattern}, ${subject.id}, ${suspicion.at.toISOString()})
    on conflict (organisation_id, pattern, subject) do update set raised_at = excluded.raised_at
      where a.raised_at <= excluded.raised_at - ${QUIET_MINUTES} * interval '1 minute' returning 1`;
  if (!news) return false;
  await audit({ ...tx, caller: systemCaller("audit watch") }, "organisations", {
    action: `${SECURITY_PREFIX}${pattern}`,
    resource: subject.kind === "TRAIL" ? "auditTrail" : subject.kind.toLowerCase(),
    resourceId: subject.id,
    organisationId,
    after: { count: suspicion.count },
  });
  await announce(tx, "security.suspected", { aggregateId: organisationId, organisationId, payload: suspicion });
  return true;
};
