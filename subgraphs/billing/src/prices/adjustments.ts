import type { Currency, Tx } from "@tollgate/kit";
import { adjusted, type Fraction } from "./fraction.js";
import type { VolumeTierRow } from "./price.schema.js";
import { pricesThrough } from "./prices.js";
import type { Prices } from "./rates.js";

const DAY = 86_400_000;
/** Days whose spend decides about the discount for volume. */
const DAYS_OF_VOLUME = 30;
/** Promotions take off half of what is due at most. */
export const MOST_PROMOTION = 5_000;

/** A promotion that counts. */
export interface CountedPromotion {
  id: string;
  name: string;
  /** As it was made. */
  basisPoints: number;
  /** What of it counts: all promotions together take off half at most. */
  countedBasisPoints: number;
}

/** What is taken off a price beside the list's own adjustment, each step of what the one before left. */
export interface Adjustments {
  volumeBasisPoints: number;
  /** Minor units that were spent in the 30 days before, which decides about it. */
  spend: bigint;
  promotions: readonly CountedPromotion[];
  /** The sum of what counts of them. */
  promotionBasisPoints: number;
}

export const NO_ADJUSTMENTS: Adjustments = {
  volumeBasisPoints: 0,
  spend: 0n,
  promotions: [],
  promotionBasisPoints: 0,
};

/** What is left of an amount that the list has adjusted already: first the discount for volume, then promotions. */
export const discounted = (value: Fraction, { volumeBasisPoints, promotionBasisPoints }: Adjustments): Fraction =>
  adjusted(adjusted(value, -volumeBasisPoints), -promotionBasisPoints);

interface OfferedPromotion {
  id: string;
  name: string;
  basisPoints: number;
  startsAt: Date;
  endsAt: Date | null;
}

/** The UTC day, counted from the epoch, that begins at or before a moment. */
const dayOf = (at: Date): number => Math.floor(at.getTime() / DAY);

/** The day that something charged at `at` counts to: what is charged at the first moment of a day is of the day before. */
const dayOfCharge = (at: Date): number => Math.ceil(at.getTime() / DAY) - 1;

/** That of the highest tier that the spend reaches; tiers come in order. */
export const volumeDiscount = (tiers: readonly VolumeTierRow[], spend: bigint): number =>
  tiers.filter(({ fromMinorUnits }) => fromMinorUnits <= spend).at(-1)?.discountBasisPoints ?? 0;

/** The promotions of a moment in the order they began, as far as they count. */
export const countedPromotions = (offers: readonly OfferedPromotion[], at: Date): CountedPromotion[] => {
  let left = MOST_PROMOTION;
  return offers
    .filter(({ startsAt, endsAt }) => startsAt <= at && (endsAt === null || endsAt > at))
    .map(({ id, name, basisPoints }) => {
      const countedBasisPoints = Math.min(basisPoints, left);
      left -= countedBasisPoints;
      return { id, name, basisPoints, countedBasisPoints };
    });
};

/** Net revenue by organisation and currency, then by day. */
type Spends = Map<string, Map<number, bigint>>;

const keyOf = (organisationId: string, currency: string): string => `${organisationId} ${currency}`;

const addSpend = (spends: Spends, key: string, day: number, amount: bigint): void => {
  const days = spends.get(key) ?? new Map<number, bigint>();
  days.set(day, (days.get(day) ?? 0n) + amount);
  spends.set(key, days);
};

/**
 * Days that are summed up, and what was charged since. Each is looked up by its index: OFFSET 0 keeps the planner, which
 * knows nothing of how far the sums are, from reading all history instead.
 */
const readSpends = async (tx: Tx, organisationIds: readonly string[], from: Date, until: Date): Promise<Spends> => {
  const [first, last] = [dayOf(from) - DAYS_OF_VOLUME, dayOf(until)];
  const rows = await tx.sql<{ organisation_id: string; currency: string; day: number; amount: bigint }[]>`
    with asked as materialized (
      select w.id, w.organisation_id, w.currency, coalesce(g.revenue_position, 0) as position
        from wallet w left join spend_progress g on g.wallet_id = w.id
       where w.organisation_id = any(${[...organisationIds]}::uuid[]) and w.postings > 0
    ), charged as (
      select a.organisation_id, a.currency, r.day, r.amount
        from asked a
       cross join lateral (
         select day, amount from revenue_day where wallet_id = a.id and day >= ${first} and day < ${last} offset 0) r
      union all
      select a.organisation_id, a.currency, e.day, p.amount
        from asked a
       cross join lateral (
         select entry_id, amount from posting
          where wallet_id = a.id and position > a.position and account = 'REVENUE' offset 0) p
       cross join lateral (
         select ceil(extract(epoch from event_at) / 86400)::int - 1 as day from entry
          where id = p.entry_id and organisation_id = a.organisation_id offset 0) e
       where e.day >= ${first} and e.day < ${last}
    )
    select organisation_id, currency, day, sum(amount)::bigint as amount from charged group by 1, 2, 3`;
  const spends: Spends = new Map();
  for (const row of rows) addSpend(spends, keyOf(row.organisation_id, row.currency), row.day, row.amount);
  return spends;
};

const readPromotions = async (
  tx: Tx,
  organisationIds: readonly string[],
  from: Date,
  until: Date,
): Promise<Map<string, OfferedPromotion[]>> => {
  const rows = await tx.sql<
    {
      for_organisation: string;
      id: string;
      name: string;
      basis_points: number;
      starts_at: string;
      ends_at: string | null;
    }[]
  >`
    select t.organisation_id as for_organisation, p.id, p.name, p.basis_points, p.starts_at, p.ends_at
      from tenancy t
      join promotion p on p.organisation_id = any(string_to_array(trim(both '/' from t.path), '/')::uuid[])
     where t.organisation_id = any(${[...organisationIds]}::uuid[]) and p.organisation_id <> t.organisation_id
       and p.starts_at <= ${until.toISOString()} and (p.ends_at is null or p.ends_at > ${from.toISOString()})
     order by p.starts_at, p.id`;
  const offers = rows.map(({ for_organisation: organisationId, basis_points: basisPoints, ...row }) => {
    const { id, name, starts_at: startsAt, ends_at: endsAt } = row;
    const period = { startsAt: new Date(startsAt), endsAt: endsAt === null ? null : new Date(endsAt) };
    return { organisationId, offer: { id, name, basisPoints, ...period } };
  });
  return new Map(
    [...Map.groupBy(offers, ({ organisationId }) => organisationId)].map(([id, own]) => [
      id,
      own.map(({ offer }) => offer),
    ]),
  );
};

/**
 * Discounts of many organisations over a stretch of time. The discount for volume follows from what was charged (net of
 * tax) in the 30 days before the UTC day began, so that it is the same for every hour of a day, whenever and in however
 * many steps the day is charged.
 */
export class Adjusting {
  private constructor(
    private readonly spends: Spends,
    private readonly promotions: ReadonlyMap<string, readonly OfferedPromotion[]>,
  ) {}

  /** Two statements, however many organisations and however long. */
  static async read(tx: Tx, organisationIds: readonly string[], from: Date, until: Date): Promise<Adjusting> {
    if (organisationIds.length === 0) return new Adjusting(new Map(), new Map());
    const spends = await readSpends(tx, organisationIds, from, until);
    return new Adjusting(spends, await readPromotions(tx, organisationIds, from, until));
  }

  /** What is taken off at a moment of the stretch, under the prices of then. */
  at(organisationId: string, { list, volumeTiers }: Pick<Prices, "list" | "volumeTiers">, hour: Date): Adjustments {
    const spend = this.spendBefore(keyOf(organisationId, list.currency), dayOf(hour));
    const promotions = countedPromotions(this.promotions.get(organisationId) ?? [], hour);
    const promotionBasisPoints = promotions.reduce((sum, { countedBasisPoints }) => sum + countedBasisPoints, 0);
    return { volumeBasisPoints: volumeDiscount(volumeTiers, spend), spend, promotions, promotionBasisPoints };
  }

  /**
   * Tells of revenue that is charged while the stretch is gone through, written or not: it counts from the next day on.
   * @param minorUnits net of tax. @param at the entry's moment.
   */
  charged(organisationId: string, currency: Currency, at: Date, minorUnits: bigint): void {
    addSpend(this.spends, keyOf(organisationId, currency), dayOfCharge(at), minorUnits);
  }

  private spendBefore(key: string, day: number): bigint {
    let sum = 0n;
    for (const [of, amount] of this.spends.get(key) ?? []) if (of < day && of >= day - DAYS_OF_VOLUME) sum += amount;
    return sum;
  }
}

/** What is taken off at a moment; `charged` tells of revenue of the stretch itself, see `Adjusting`. */
export type AdjustmentsAt = ((hour: Date) => Promise<Adjustments>) & {
  charged: (at: Date, minorUnits: bigint) => void;
};

/** The same for one organisation, which pays in this currency. */
export const adjustmentsThrough = async (
  tx: Tx,
  organisationId: string,
  currency: Currency,
  from: Date,
  until: Date,
): Promise<AdjustmentsAt> => {
  const adjusting = await Adjusting.read(tx, [organisationId], from, until);
  const pricesAt = await pricesThrough(tx, organisationId, from, until);
  const at = async (hour: Date): Promise<Adjustments> => {
    const prices = await pricesAt(hour);
    return prices?.list.currency === currency ? adjusting.at(organisationId, prices, hour) : NO_ADJUSTMENTS;
  };
  return Object.assign(at, {
    charged: (when: Date, minorUnits: bigint) => adjusting.charged(organisationId, currency, when, minorUnits),
  });
};
