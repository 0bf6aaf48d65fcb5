import { announce, type Currency, formatMoney, type Tx } from "@tollgate/kit";
import type { EventPayloads } from "@tollgate/kit/protocol";
import type { WalletRow, WalletState } from "../ledger/ledger.schema.js";
import type { Fraction } from "../prices/fraction.js";

/** Hours of runway below which the customer is warned, once per crossing. */
const WARN_BELOW = [6, 24, 72] as const;

/** A wallet as far as running out of money goes. */
export interface Standing {
  walletId: string;
  organisationId: string;
  currency: Currency;
  state: WalletState;
  /** Minor units. */
  available: bigint;
  /** Minor units; none for who pays in advance. */
  creditLimit: bigint;
  warnedHours: number | null;
  /** When the next machines stop, while reserves pay. */
  graceEndsAt: Date | null;
}

export const standingOf = ({ id: walletId, ...row }: WalletRow): Standing => {
  const { organisationId, currency, state, available, creditLimit, warnedHours, graceEndsAt } = row;
  return { walletId, organisationId, currency, state, available, creditLimit, warnedHours, graceEndsAt };
};

type Warning = EventPayloads["wallet.warned"]["hours"];

/** The lowest threshold that this runway is below. */
const thresholdOf = (available: bigint, rate: Fraction): (typeof WARN_BELOW)[number] | null =>
  WARN_BELOW.find((hours) => available * rate.denominator < rate.numerator * BigInt(hours)) ?? null;

const FAR_HOURS = 876_000n;

/** When `available` is used up at this rate (minor units an hour); null if not within a century. */
export const runsOutAt = (available: bigint, rate: Fraction, at: Date): Date | null => {
  if (rate.numerator <= 0n) return null;
  const milliseconds = (available * rate.denominator * 3_600_000n) / rate.numerator;
  return milliseconds < FAR_HOURS * 3_600_000n ? new Date(at.getTime() + Number(milliseconds)) : null;
};

const warn = async (tx: Tx, standing: Standing, hours: Warning, rate: Fraction, at: Date): Promise<void> => {
  const { walletId, organisationId, available, currency } = standing;
  await announce(tx, "wallet.warned", {
    aggregateId: walletId,
    organisationId,
    payload: {
      walletId,
      organisationId,
      hours,
      available: formatMoney({ minorUnits: available, currency }),
      runsOutAt: runsOutAt(available, rate, at),
      isInvoiced: standing.creditLimit > 0n,
      at,
    },
  });
};

const write = async (tx: Tx, { walletId, state, warnedHours, graceEndsAt }: Standing): Promise<void> => {
  await tx.sql`select set_standing(${walletId}, ${state}, ${warnedHours}, ${graceEndsAt?.toISOString() ?? null})`;
};

/** Whether a wallet that pays for itself stands as its runway says, so that reviewing it would change nothing. */
export const isReviewed = ({ available, state, warnedHours }: Standing, rate: Fraction): boolean => {
  const threshold = thresholdOf(available, rate);
  return threshold === warnedHours && state === (threshold === null ? "ACTIVE" : "LOW");
};

/** ACTIVE or LOW by the runway that is left, with a warning for each threshold that was crossed downwards. */
export const reviewRunway = async (tx: Tx, standing: Standing, rate: Fraction, at: Date): Promise<Standing> => {
  if (isReviewed(standing, rate)) return standing;
  const threshold = thresholdOf(standing.available, rate);
  const state = threshold === null ? "ACTIVE" : "LOW";
  const next: Standing = { ...standing, state, warnedHours: threshold, graceEndsAt: null };
  await write(tx, next);
  if (threshold !== null && (standing.warnedHours === null || threshold < standing.warnedHours)) {
    await warn(tx, next, threshold, rate, at);
  }
  return next;
};

/** A charge found too little: from now on the reserves pay. @param until when the first machines stop. */
export const beginGrace = async (
  tx: Tx,
  standing: Standing,
  rate: Fraction,
  from: Date,
  until: Date,
): Promise<Standing> => {
  const next: Standing = { ...standing, state: "OUT_OF_FUNDS", warnedHours: 0, graceEndsAt: until };
  await write(tx, next);
  await warn(tx, next, 0, rate, from);
  return next;
};

const requestStop = async (
  tx: Tx,
  { organisationId, walletId }: Standing,
  vmIds: readonly string[],
  at: Date,
): Promise<void> => {
  const payload = { organisationId, walletId, vmIds: [...vmIds], at };
  await announce(tx, "machines.stopRequested", { aggregateId: walletId, organisationId, payload });
};

/**
 * The first machines stop so that the others run on longer. Told once, however many follow one by one.
 * @param until when the next ones stop.
 */
export const stopSome = async (
  tx: Tx,
  standing: Standing,
  vmIds: readonly string[],
  rate: Fraction,
  at: Date,
  until: Date,
): Promise<Standing> => {
  const next: Standing = { ...standing, warnedHours: -1, graceEndsAt: until };
  await write(tx, next);
  if (standing.warnedHours !== -1) await warn(tx, next, -1, rate, at);
  await requestStop(tx, next, vmIds, at);
  return next;
};

/** Grace is over: the machines stop. @param vmIds those that run. */
export const endGrace = async (
  tx: Tx,
  standing: Standing,
  vmIds: readonly string[],
  rate: Fraction,
  at: Date,
): Promise<Standing> => {
  const next: Standing = { ...standing, state: "STOPPED", warnedHours: 0, graceEndsAt: null };
  await write(tx, next);
  await warn(tx, next, -1, rate, at);
  await requestStop(tx, next, vmIds, at);
  return next;
};

/** What came to run after everything had stopped, a machine ordered before the money ended for instance, stops as well. */
export const stopLate = (tx: Tx, standing: Standing, vmIds: readonly string[], at: Date): Promise<void> =>
  requestStop(tx, standing, vmIds, at);

/** Nothing runs any more, and what is kept for its storage ends within a day. Told once. */
export const warnOfStorage = async (tx: Tx, standing: Standing, rate: Fraction, at: Date): Promise<Standing> => {
  if (standing.warnedHours === -2) return standing;
  const next: Standing = { ...standing, warnedHours: -2 };
  await write(tx, next);
  await warn(tx, next, -2, rate, at);
  return next;
};

/** There is money again. What was stopped for want of it resumes. */
export const resume = async (tx: Tx, standing: Standing, rate: Fraction, at: Date): Promise<Standing> => {
  const anyStopped = standing.state === "STOPPED" || standing.warnedHours === -1;
  const threshold = thresholdOf(standing.available, rate);
  const next: Standing = {
    ...standing,
    state: threshold === null ? "ACTIVE" : "LOW",
    warnedHours: threshold,
    graceEndsAt: null,
  };
  await write(tx, next);
  if (anyStopped) {
    const { walletId, organisationId } = standing;
    const payload = { organisationId, walletId, vmIds: null, at };
    await announce(tx, "machines.resumeRequested", { aggregateId: walletId, organisationId, payload });
  }
  return next;
};
