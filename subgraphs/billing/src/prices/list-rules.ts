import type { Currency, Money } from "@tollgate/kit";
import { LARGEST_AMOUNT } from "../ledger/ledger.js";
import type { Refusals } from "../refusals.js";
import type { PricedResource } from "./price.schema.js";
import type { WrittenRate, WrittenTier } from "./publishing.js";

/** A rate as somebody wants it. */
export interface RateWish {
  resource: PricedResource;
  code: string | null;
  amount: Money;
  perHours: number;
}

export interface TierWish {
  from: Money;
  discountBasisPoints: number;
}

const MOST_RATES = 200;
const MOST_TIERS = 20;
/** A year and a day, so that yearly prices have their place. */
const MOST_HOURS = 8_784;
const CODE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;
const NAMED: readonly PricedResource[] = ["EXTRA_SERVICE", "LICENCE"];

const checkMoney = (refusals: Refusals, path: string, { minorUnits, currency }: Money, of: Currency): void => {
  refusals.check(currency === of, `${path}.currency`, "OTHER_CURRENCY", `This list is in ${of}.`);
  const isFine = minorUnits >= 0n && minorUnits <= LARGEST_AMOUNT;
  refusals.check(isFine, `${path}.minorUnits`, "OUT_OF_RANGE", "An amount is not below zero, and not absurd.");
};

const checkCode = (refusals: Refusals, path: string, { resource, code }: RateWish): void => {
  if (!NAMED.includes(resource)) {
    refusals.check(code === null, path, "NOT_ALLOWED", "Only services and licences have codes.");
    return;
  }
  refusals.check(code !== null && CODE.test(code), path, "MALFORMED", "A code has 1 to 40 letters, digits and dashes.");
};

/** Checks rates field by field. @returns them as they are written. */
export const ratesOf = (refusals: Refusals, wishes: readonly RateWish[], currency: Currency): WrittenRate[] => {
  refusals.check(wishes.length <= MOST_RATES, "rates", "TOO_MANY", `At most ${MOST_RATES} rates.`);
  const known = new Set<string>();
  return wishes.slice(0, MOST_RATES).map((wish, index) => {
    const { resource, code, amount, perHours } = wish;
    checkMoney(refusals, `rates.${index}.amount`, amount, currency);
    checkCode(refusals, `rates.${index}.code`, wish);
    refusals.whole(perHours, `rates.${index}.perHours`, 1, MOST_HOURS, "Hours are");
    const key = `${resource} ${code ?? ""}`;
    refusals.check(!known.has(key), `rates.${index}`, "DUPLICATE", "Each of these only once.");
    known.add(key);
    return { resource, code: code ?? "", minorUnits: amount.minorUnits, perHours };
  });
};

/** Checks the tiers of the discount for volume, field by field. @returns them as they are written. */
export const tiersOf = (refusals: Refusals, wishes: readonly TierWish[], currency: Currency): WrittenTier[] => {
  refusals.check(wishes.length <= MOST_TIERS, "volumeTiers", "TOO_MANY", `At most ${MOST_TIERS} tiers.`);
  const known = new Set<bigint>();
  return wishes.slice(0, MOST_TIERS).map(({ from, discountBasisPoints }, index) => {
    checkMoney(refusals, `volumeTiers.${index}.from`, from, currency);
    refusals.share(discountBasisPoints, `volumeTiers.${index}.discountBasisPoints`, 0, 10_000);
    const isNew = !known.has(from.minorUnits);
    refusals.check(isNew, `volumeTiers.${index}.from`, "DUPLICATE", "From each amount on only once.");
    known.add(from.minorUnits);
    return { fromMinorUnits: from.minorUnits, discountBasisPoints };
  });
};

/** From free of charge to eleven times as much. */
export const checkAdjustment = (refusals: Refusals, basisPoints: number, path: string): void =>
  refusals.share(basisPoints, path, -10_000, 100_000);
