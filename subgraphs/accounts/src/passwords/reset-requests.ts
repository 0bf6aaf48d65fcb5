import { networkOf, RateLimitedFault, type Tx } from "@tollgate/kit";
import { lt } from "drizzle-orm";
import { resetRequest } from "../tables.js";

const HOUR = 3_600_000;
/** An e-mail is one person's; an address may be a whole office behind one router. */
export const MOST_FOR_EMAIL = 5;
export const MOST_FROM_ADDRESS = 20;

/**
 * Counts a wish for a new password, alike whether anybody has the e-mail or not.
 * @throws RateLimitedFault for more than 5 an hour for one e-mail, or 20 from one address.
 */
export const countResetRequest = async (tx: Tx, email: string, now: Date): Promise<void> => {
  const address = networkOf(tx.caller.address);
  // One after the other, in one order, so that a crowd at once does not get past the count.
  for (const key of [`reset from ${address}`, `reset for ${email}`])
    await tx.sql`select pg_advisory_xact_lock(hashtext(${key}))`;
  const since = new Date(now.getTime() - HOUR);
  const [row] = await tx.sql<{ full: string | null }[]>`
    select greatest(
      (select at from reset_request where email = ${email} and at > ${since.toISOString()}
        order by at desc offset ${MOST_FOR_EMAIL - 1} limit 1),
      (select at from reset_request where address = ${address} and at > ${since.toISOString()}
        order by at desc offset ${MOST_FROM_ADDRESS - 1} limit 1)) as full`;
  if (row?.full) {
    const wait = Math.ceil((new Date(row.full).getTime() - since.getTime()) / 1_000);
    throw new RateLimitedFault(Math.max(1, wait), "A new password was asked for too often; try again later.");
  }
  await tx.db.insert(resetRequest).values({ email, address, at: now });
};

export const tidyResetRequests = async (tx: Tx, now: Date): Promise<void> => {
  await tx.db.delete(resetRequest).where(lt(resetRequest.at, new Date(now.getTime() - HOUR)));
};
