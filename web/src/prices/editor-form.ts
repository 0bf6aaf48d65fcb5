import { type AmountEntry, readAmount, typedAmount } from "../format/money-entry.js";
import type { PricedResource, PriceListWholeFragment, RateInput, VolumeTierInput } from "../gql/graphql.js";
import { readPercent, typedPercent } from "./basis-points.js";
import { changeBetween, type HourRate, MONTH_HOURS, markedUp } from "./rate-math.js";
import { PLAIN_RESOURCES } from "./resource-words.js";

/** One rate as somebody fills it in; an empty amount is inherited. */
export interface RateEntry {
  key: string;
  resource: PricedResource;
  /** Of a service or licence. */
  code: string;
  typed: string;
  perHours: number;
  /** A service or licence, which can be taken out again. */
  isNamed: boolean;
}

export interface TierEntry {
  key: number;
  from: string;
  discount: string;
}

/** A draft as somebody fills it in. */
export interface ListForm {
  name: string;
  markup: string;
  tierAdjustment: string;
  rates: readonly RateEntry[];
  tiers: readonly TierEntry[];
  /** What somebody has not touched stays inherited. */
  tiersTouched: boolean;
}

export type FormErrors = Partial<Record<string, string>>;

/** What the form asks the graph for; `keys` are those of the rates that are sent, in their order. */
export interface ListWish {
  name: string;
  markupBasisPoints: number;
  tierAdjustmentBasisPoints: number;
  rates: RateInput[];
  volumeTiers?: VolumeTierInput[];
}

type Rates = PriceListWholeFragment["rates"];

const AMOUNT_PROBLEMS: Record<NonNullable<AmountEntry["problem"]>, string> = {
  EMPTY: "Enter an amount.",
  NOT_AN_AMOUNT: "This is not an amount.",
  TOO_FINE: "The currency has no smaller parts than that: give it for a month or a year.",
};
const NO_PERCENT = "A percentage, such as 10 or -2,5.";

/** What a list says itself, as the form shows it. */
export function formOf(list: PriceListWholeFragment, locale: string | undefined): ListForm {
  const own = list.rates.filter(({ inherited }) => !inherited);
  const entryOf = (resource: PricedResource, code: string, isNamed: boolean): RateEntry => {
    const rate = own.find((one) => one.resource === resource && (one.code ?? "") === code);
    const typed = rate ? typedAmount(rate.amount.minorUnits, list.currency, locale) : "";
    return {
      key: `${resource} ${code}`,
      resource,
      code,
      typed,
      perHours: rate?.perHours ?? MONTH_HOURS,
      isNamed,
    };
  };
  const named = list.rates.filter(({ code }) => code);
  return {
    name: list.name,
    markup: typedPercent(list.markupBasisPoints, locale),
    tierAdjustment: typedPercent(list.tierAdjustmentBasisPoints, locale),
    rates: [
      ...PLAIN_RESOURCES.map((resource) => entryOf(resource, "", false)),
      ...named.map(({ resource, code }) => entryOf(resource, code ?? "", true)),
    ],
    tiers: list.volumeTiers.map(({ from, discountBasisPoints }, key) => ({
      key,
      from: typedAmount(from.minorUnits, list.currency, locale),
      discount: typedPercent(discountBasisPoints, locale),
    })),
    tiersTouched: false,
  };
}

export function withRate(form: ListForm, key: string, change: Partial<RateEntry>): ListForm {
  return { ...form, rates: form.rates.map((rate) => (rate.key === key ? { ...rate, ...change } : rate)) };
}

export function withNamedRate(form: ListForm, resource: PricedResource): ListForm {
  const key = `new ${resource} ${form.rates.length}`;
  return {
    ...form,
    rates: [...form.rates, { key, resource, code: "", typed: "", perHours: MONTH_HOURS, isNamed: true }],
  };
}

export function withTiers(form: ListForm, tiers: readonly TierEntry[]): ListForm {
  return { ...form, tiers, tiersTouched: true };
}

/** What was typed, read; or what stands in the way, by field. */
export function readForm(
  form: ListForm,
  currency: string,
  locale: string | undefined,
): { wish: ListWish; keys: string[] } | { errors: FormErrors } {
  const errors: FormErrors = {};
  const name = form.name.trim();
  if (name === "") errors["name"] = "Give the list a name.";
  const percent = (field: string, typed: string): number => {
    const basisPoints = readPercent(typed);
    if (basisPoints === null) errors[field] = NO_PERCENT;
    return basisPoints ?? 0;
  };
  const amount = (field: string, typed: string): string => {
    const { minorUnits, problem } = readAmount(typed, currency, locale);
    if (problem !== null) errors[field] = AMOUNT_PROBLEMS[problem];
    return minorUnits ?? "0";
  };
  const written = form.rates.filter(({ typed, isNamed, code }) => typed.trim() !== "" || (isNamed && code === ""));
  const rates = written.map(({ key, resource, code, typed, perHours, isNamed }): RateInput => {
    if (isNamed && code.trim() === "") errors[`code ${key}`] = "Give it a code.";
    const minorUnits = amount(`rate ${key}`, typed);
    return { resource, ...(isNamed && { code: code.trim() }), amount: { minorUnits, currency }, perHours };
  });
  const volumeTiers = form.tiers.map(
    ({ key, from, discount }): VolumeTierInput => ({
      from: { minorUnits: amount(`from ${key}`, from), currency },
      discountBasisPoints: percent(`discount ${key}`, discount),
    }),
  );
  const wish: ListWish = {
    name,
    markupBasisPoints: percent("markup", form.markup),
    tierAdjustmentBasisPoints: percent("tierAdjustment", form.tierAdjustment),
    rates,
    ...(form.tiersTouched && { volumeTiers }),
  };
  return Object.keys(errors).length > 0 ? { errors } : { wish, keys: written.map(({ key }) => key) };
}

/** Brings the server's refusals to the fields of the form; `rest` belongs to none. */
export function placeRefusals(
  fields: readonly { path: readonly string[]; message: string }[],
  keys: readonly string[],
  tiers: readonly TierEntry[],
): { errors: FormErrors; rest: string[] } {
  const errors: FormErrors = {};
  const rest: string[] = [];
  for (const { path, message } of fields) {
    const [field = "", index = "", part] = path;
    const rate = field === "rates" ? keys[Number(index)] : undefined;
    const tier = field === "volumeTiers" ? tiers[Number(index)] : undefined;
    if (rate !== undefined) errors[part === "code" ? `code ${rate}` : `rate ${rate}`] = message;
    else if (tier) errors[part === "discountBasisPoints" ? `discount ${tier.key}` : `from ${tier.key}`] = message;
    else if (field === "name") errors["name"] = message;
    else if (field === "markupBasisPoints") errors["markup"] = message;
    else if (field === "tierAdjustmentBasisPoints") errors["tierAdjustment"] = message;
    else rest.push(message);
  }
  return { errors, rest };
}

/** A rate of the draft beside what it replaces. */
export interface Comparison {
  /** From above, with the draft's markup. */
  inherited: HourRate | null;
  /** Under the list that counts now. */
  now: HourRate | null;
  /** Once the draft is published; null while what is typed is no amount. */
  next: HourRate | null;
  /** From now to then, in basis points. */
  change: number | null;
}

const rateIn = (rates: Rates | null, { resource, code }: Pick<RateEntry, "resource" | "code">): HourRate | null => {
  const found = rates?.find((rate) => rate.resource === resource && (rate.code ?? "") === code.trim());
  return found ? { minorUnits: BigInt(found.amount.minorUnits), perHours: found.perHours } : null;
};

/** What becomes of one rate, while it is typed. */
export function compare(
  entry: RateEntry,
  markup: string,
  around: { above: Rates | null; now: Rates | null },
  currency: string,
  locale: string | undefined,
): Comparison {
  const basisPoints = readPercent(markup);
  const above = rateIn(around.above, entry);
  const inherited = above && basisPoints !== null ? markedUp(above, basisPoints) : null;
  const now = rateIn(around.now, entry);
  const typed = entry.typed.trim() === "" ? null : readAmount(entry.typed, currency, locale).minorUnits;
  const own = typed === null ? null : { minorUnits: BigInt(typed), perHours: entry.perHours };
  const next = entry.typed.trim() === "" ? inherited : own;
  return { inherited, now, next, change: changeBetween(now, next) };
}
