import { type Caller, type Database, homeOrganisation, RateLimitedFault, type Tx } from "@tollgate/kit";
import type { OperationContext } from "@tollgate/kit/graphql";
import { codeOf, LONGEST_CODE } from "./redeeming.js";

/** Different wrong codes that an organisation may try in the window: enough to mistype, useless to guess with. */
const MOST_WRONG_CODES = 20;
const WINDOW_MILLISECONDS = 3_600_000;

/**
 * Notes a code that nobody the organisation has to do with has made, before it is looked for: also a crowd of tries at
 * once gets no more of them. The same wrong code again counts once, since it tells nothing new.
 * @returns seconds until the next wrong code may be tried; 0 where this one may.
 */
const noteGuess = async (tx: Tx, organisationId: string, code: string, at: Date): Promise<number> => {
  const since = new Date(at.getTime() - WINDOW_MILLISECONDS).toISOString();
  const [known] = await tx.sql<{ known: boolean }[]>`select coupon_known(${organisationId}, ${code}) as known`;
  if (known?.known) return 0;
  await tx.sql`select pg_advisory_xact_lock(hashtextextended(${`coupon guesses ${organisationId}`}, 0))`;
  await tx.sql`delete from coupon_guess where organisation_id = ${organisationId} and guessed_at <= ${since}`;
  const tried = await tx.sql<{ code: string; guessed_at: string }[]>`
    select code, guessed_at from coupon_guess where organisation_id = ${organisationId} order by guessed_at`;
  if (tried.some((guess) => guess.code === code)) return 0;
  const [oldest] = tried;
  if (oldest && tried.length >= MOST_WRONG_CODES) {
    const free = new Date(oldest.guessed_at).getTime() + WINDOW_MILLISECONDS;
    return Math.max(1, Math.ceil((free - at.getTime()) / 1_000));
  }
  await tx.sql`insert into coupon_guess (organisation_id, code, guessed_at)
    values (${organisationId}, ${code}, ${at.toISOString()})`;
  return 0;
};

/** Keeps people from finding coupons by trying codes. */
export class CouponGuesses {
  constructor(
    private readonly database: Database,
    private readonly clock: () => Date,
  ) {}

  /**
   * To be asked before a typed code is looked for. Commits on its own, whatever becomes of the operation.
   * @throws RateLimitedFault for an organisation that has tried too many wrong ones; the trail says so.
   */
  async admit({ caller, refusals }: Pick<OperationContext, "caller" | "refusals">, typed: string): Promise<void> {
    const wait = await this.waitFor(caller, codeOf(typed));
    if (wait === 0) return;
    const [resource, problem] = ["coupon", "RATE_LIMITED"] as const;
    refusals.record(caller, { action: "coupon:guess", resource, resourceId: null, problem });
    throw new RateLimitedFault(wait, "Too many coupon codes that there are not; try again later.");
  }

  private async waitFor(caller: Caller, code: string): Promise<number> {
    // What cannot be a code is never looked for.
    if (code === "" || code.length > LONGEST_CODE) return 0;
    const organisationId = homeOrganisation(caller);
    return await this.database.write(caller, (tx) => noteGuess(tx, organisationId, code, this.clock()));
  }
}
