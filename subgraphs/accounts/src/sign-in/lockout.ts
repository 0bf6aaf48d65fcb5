import { networkOf, type Tx } from "@tollgate/kit";

/** Failures that lock an account. */
export const FAILURES = 5;
/** Failures from one address (of IPv6: one network), which may be a whole office behind one router. */
export const FAILURES_FROM_ADDRESS = 20;
const WINDOW = "15 minutes";

/**
 * Until when an e-mail is locked: 15 minutes after the fifth of its latest failures since the last success, or
 * since somebody lifted the lock.
 * Serialises attempts on the same e-mail until the transaction ends, so that none slips through beside another.
 */
export const lockedUntil = async (tx: Tx, email: string): Promise<Date | null> => {
  await tx.sql`select pg_advisory_xact_lock(hashtext(${`sign-in ${email}`}))`;
  const [row] = await tx.sql<{ until: string | null }[]>`
    select (at + ${WINDOW}::interval) as until from sign_in_attempt
     where email = ${email} and outcome in ('WRONG_PASSWORD', 'WRONG_CODE', 'UNKNOWN_EMAIL')
       and at > now() - ${WINDOW}::interval
       and at > coalesce((select max(at) from sign_in_attempt where email = ${email} and outcome = 'SUCCEEDED'), '-infinity')
       and at > coalesce((select unlocked_at from "user" where lower("user".email) = ${email}), '-infinity')
     order by at desc offset ${FAILURES - 1} limit 1`;
  return row?.until ? new Date(row.until) : null;
};

/** Seconds until an address may try again; 0 when it may now. */
export const addressWait = async (tx: Tx, address: string): Promise<number> => {
  const [row] = await tx.sql<{ seconds: number }[]>`
    select ceil(extract(epoch from at + ${WINDOW}::interval - now()))::int as seconds from sign_in_attempt
     where network = ${networkOf(address)} and outcome in ('WRONG_PASSWORD', 'WRONG_CODE', 'UNKNOWN_EMAIL')
       and at > now() - ${WINDOW}::interval
     order by at desc offset ${FAILURES_FROM_ADDRESS - 1} limit 1`;
  return row?.seconds ?? 0;
};

/** Until when each of these e-mails is locked; those that are not are left out. One statement for all. */
export const locksByEmail = async (tx: Tx, emails: readonly string[]): Promise<Map<string, Date>> => {
  const rows = await tx.sql<{ email: string; until: string }[]>`
    select asked.email, (fifth.at + ${WINDOW}::interval) as until
      from unnest(${[...emails]}::text[]) asked(email)
      cross join lateral (select a.at from sign_in_attempt a
         where a.email = asked.email and a.outcome in ('WRONG_PASSWORD', 'WRONG_CODE', 'UNKNOWN_EMAIL')
           and a.at > now() - ${WINDOW}::interval
           and a.at > coalesce((select max(s.at) from sign_in_attempt s where s.email = asked.email and s.outcome = 'SUCCEEDED'), '-infinity')
           and a.at > coalesce((select u.unlocked_at from "user" u where lower(u.email) = asked.email), '-infinity')
         order by a.at desc offset ${FAILURES - 1} limit 1) fifth`;
  return new Map(rows.map((row) => [row.email, new Date(row.until)]));
};

/**
 * Seconds until a user may try another one-time code, over all challenges; 0 when now. Five wrong ones since the last
 * success (or since somebody lifted the lock) are enough for 15 minutes.
 */
export const codeWait = async (tx: Tx, email: string, unlockedAt: Date | null): Promise<number> => {
  const [row] = await tx.sql<{ seconds: number }[]>`
    select ceil(extract(epoch from at + ${WINDOW}::interval - now()))::int as seconds from sign_in_attempt
     where email = ${email} and outcome = 'WRONG_CODE' and at > now() - ${WINDOW}::interval
       and at > coalesce((select max(at) from sign_in_attempt where email = ${email} and outcome = 'SUCCEEDED'), '-infinity')
       and at > coalesce(${unlockedAt?.toISOString() ?? null}::timestamptz, '-infinity')
     order by at desc offset ${FAILURES - 1} limit 1`;
  return row?.seconds ?? 0;
};

/** How long attempts are kept: those on an e-mail that nobody has tell of strangers only, who could pile them up. */
const KEPT = { ofPeople: "400 days", ofNobody: "90 days" };

/** Removes attempts that nobody needs any more. */
export const tidyAttempts = async (tx: Tx): Promise<void> => {
  await tx.sql`
    delete from sign_in_attempt where at < now() - ${KEPT.ofNobody}::interval
       and (user_id is null or at < now() - ${KEPT.ofPeople}::interval)`;
};
