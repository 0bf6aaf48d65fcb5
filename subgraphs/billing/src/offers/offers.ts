import {
  homeOrganisation,
  InvalidInputFault,
  organisationInScope,
  requireActive,
  requireId,
  type Tx,
} from "@tollgate/kit";
import { type AnyColumn, and, gt, isNull, lte, not, or, type SQL, sql } from "drizzle-orm";
import { beginningOf } from "../beginning.js";

export type OfferState = "SCHEDULED" | "ACTIVE" | "ENDED";

/** When an offer holds. */
export interface OfferPeriod {
  startsAt: Date;
  /** Null while nobody has said; at its start where it was taken back before. */
  endsAt: Date | null;
}

/** As it counts at a moment. */
export const offerStateAt = ({ startsAt, endsAt }: OfferPeriod, at: Date): OfferState => {
  if (endsAt !== null && (endsAt <= at || endsAt <= startsAt)) return "ENDED";
  return startsAt > at ? "SCHEDULED" : "ACTIVE";
};

/** The same as a condition of rows. */
export const inOfferStates = (
  { startsAt, endsAt }: { startsAt: AnyColumn; endsAt: AnyColumn },
  states: readonly OfferState[],
  at: Date,
): SQL | undefined => {
  const goesOn = or(isNull(endsAt), and(gt(endsAt, at), gt(endsAt, startsAt))) ?? sql`true`;
  const conditions: Record<OfferState, SQL | undefined> = {
    ENDED: not(goesOn),
    SCHEDULED: and(goesOn, gt(startsAt, at)),
    ACTIVE: and(goesOn, lte(startsAt, at)),
  };
  return states.length === 0 ? sql`false` : or(...states.map((state) => conditions[state]));
};

/** The period somebody wants. @throws InvalidInputFault where it begins in the past or ends before it begins. */
export const periodOf = ({ startsAt: wanted, endsAt }: OfferPeriod, at: Date): OfferPeriod => {
  const startsAt = beginningOf("startsAt", wanted, at);
  if (endsAt !== null && endsAt <= startsAt) {
    throw InvalidInputFault.of("endsAt", "OUT_OF_RANGE", "It must end after it begins.");
  }
  return { startsAt, endsAt };
};

/** When an offer that is ended at `at` ends: one that has not begun never does. */
export const endOf = ({ startsAt }: OfferPeriod, at: Date): Date => (startsAt > at ? startsAt : at);

/** Who makes an offer: the organisation named, else the caller's. @throws NotFoundFault, ForbiddenFault. */
export const issuerOf = async (tx: Tx, given: string | null): Promise<string> => {
  const organisation = await organisationInScope(tx, requireId("organisation", given ?? homeOrganisation(tx.caller)));
  requireActive(organisation);
  return organisation.organisationId;
};
