import { readAmount } from "../format/money-entry.js";
import type { CouponUse, CreateCouponInput } from "../gql/graphql.js";
import { type Begin, beginOf } from "./BeginField.js";
import { readPercent } from "./basis-points.js";
import { dayBegins } from "./moments.js";

export const USES: { value: CouponUse; label: string }[] = [
  { value: "TOP_UP", label: "Top-ups" },
  { value: "SERVICE_SUBSCRIPTION", label: "Services" },
];

/** A coupon as somebody fills it in. */
export interface CouponForm {
  code: string;
  uses: readonly CouponUse[];
  /** A percentage, or an amount of `currency`. */
  kind: "percent" | "amount";
  worth: string;
  currency: string;
  minimum: string;
  maxRedemptions: string;
  maxPerOrganisation: string;
  begin: Begin;
  lastDay: string;
}

type Fields = Omit<CreateCouponInput, "organisationId" | "idempotencyKey">;

const NO_AMOUNT = "An amount, such as 100.";

/** What was typed, read; or what stands in the way, by the field of the graph. */
export function readCoupon(
  form: CouponForm,
  { now, timeZone, locale }: { now: number; timeZone: string; locale: string | undefined },
): { input: Fields } | { errors: Partial<Record<string, string>> } {
  const errors: Partial<Record<string, string>> = {};
  const amount = (field: string, typed: string) => {
    const { minorUnits, problem } = readAmount(typed, form.currency, locale);
    if (problem !== null) errors[field] = NO_AMOUNT;
    return { minorUnits: minorUnits ?? "0", currency: form.currency };
  };
  const count = (field: string, typed: string): number | null => {
    if (typed.trim() === "") return null;
    if (!/^[1-9]\d{0,6}$/.test(typed.trim())) errors[field] = "A whole number, or nothing.";
    return Number(typed);
  };
  if (form.code.trim() === "") errors["code"] = "Choose a code.";
  if (form.uses.length === 0) errors["uses"] = "Choose what it is good for.";
  const startsAt = beginOf(form.begin, now, timeZone);
  if (startsAt === null) errors["startsAt"] = "Choose a day.";
  const basisPoints = readPercent(form.worth);
  if (form.kind === "percent" && basisPoints === null) errors["basisPoints"] = "A percentage, such as 10.";
  const input: Fields = {
    code: form.code.trim(),
    uses: [...form.uses],
    ...(form.kind === "percent" ? { basisPoints } : { amount: amount("amount", form.worth) }),
    ...(form.minimum.trim() !== "" && { minimum: amount("minimum", form.minimum) }),
    maxRedemptions: count("maxRedemptions", form.maxRedemptions),
    maxPerOrganisation: count("maxPerOrganisation", form.maxPerOrganisation),
    startsAt: startsAt ?? "",
    endsAt: form.lastDay === "" ? null : dayBegins(form.lastDay, timeZone),
  };
  return Object.keys(errors).length > 0 ? { errors } : { input };
}
