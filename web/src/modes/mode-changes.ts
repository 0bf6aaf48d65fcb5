import type { BillingMode, ModeChangeFragment } from "../gql/graphql.js";

/** How an organisation pays, with the limit of its credit where it has any. */
export interface Paying {
  mode: BillingMode;
  creditLimit: { minorUnits: string; currency: string; formatted: string } | null;
}

export interface Standing {
  now: Paying;
  /** Since when; null where nobody ever decided. */
  since: string | null;
  /** What is planned, in order. */
  planned: readonly ModeChangeFragment[];
}

/** For whom nothing was ever decided. */
const AT_FIRST: Paying = { mode: "PREPAID", creditLimit: null };

const isSame = (one: Paying, other: Paying): boolean =>
  one.mode === other.mode &&
  one.creditLimit?.minorUnits === other.creditLimit?.minorUnits &&
  one.creditLimit?.currency === other.creditLimit?.currency;

const payingOf = ({ mode, creditLimit }: ModeChangeFragment): Paying => ({ mode, creditLimit: creditLimit ?? null });

/**
 * How an organisation stands at an instant of the books. A planned change that would change nothing is left out: it took
 * the place of one that was taken back.
 * @param changes in order, as the graph tells them.
 */
export function standingAt(changes: readonly ModeChangeFragment[], instant: string): Standing {
  const at = Date.parse(instant);
  const begun = changes.filter(({ effectiveFrom }) => Date.parse(effectiveFrom) <= at).at(-1);
  const now = begun ? payingOf(begun) : AT_FIRST;
  const planned: ModeChangeFragment[] = [];
  for (const change of changes.filter(({ effectiveFrom }) => Date.parse(effectiveFrom) > at)) {
    if (!isSame(payingOf(change), before(planned.at(-1), now))) planned.push(change);
  }
  return { now, since: begun?.effectiveFrom ?? null, planned };
}

const before = (change: ModeChangeFragment | undefined, now: Paying): Paying => (change ? payingOf(change) : now);

/** How it pays just before an instant: what a change from then on is a change of. */
export function payingBefore({ now, planned }: Standing, instant: string): Paying {
  const at = Date.parse(instant);
  return before(planned.filter(({ effectiveFrom }) => Date.parse(effectiveFrom) < at).at(-1), now);
}

/** What is planned for later than an instant; a change from that instant on does not touch it. */
export function plannedAfter({ planned }: Standing, instant: string): readonly ModeChangeFragment[] {
  const at = Date.parse(instant);
  return planned.filter(({ effectiveFrom }) => Date.parse(effectiveFrom) > at);
}
