import { type Currency, type OpenKey, readSettings, type Tx } from "@tollgate/kit";
import { greater, lesser } from "../prices/fraction.js";
import type { ProviderLimits, TakenCurrency } from "../providers/provider.js";

/** What one payment may be at least and at most. */
const SETTINGS = {
  ZAR: ["billing.topUpMinimum", "billing.topUpMaximum"],
  IDR: ["billing.topUpMinimumIdr", "billing.topUpMaximumIdr"],
  USD: ["billing.topUpMinimumUsd", "billing.topUpMaximumUsd"],
  EUR: ["billing.topUpMinimumEur", "billing.topUpMaximumEur"],
  PKR: ["billing.topUpMinimumPkr", "billing.topUpMaximumPkr"],
} as const satisfies Record<Currency, readonly [OpenKey, OpenKey]>;

const ours = async (tx: Tx, organisationId: string, currency: Currency): Promise<ProviderLimits> => {
  const [least, most] = SETTINGS[currency];
  const set = await readSettings(tx, [least, most], organisationId);
  return { minimum: set[least].minorUnits, maximum: set[most].minorUnits };
};

/**
 * Of one payment into a wallet of this currency.
 * @param taken how the provider takes it, whose own limits count where they are narrower; null: a manual transfer.
 */
export const limitsOf = async (
  tx: Tx,
  organisationId: string,
  currency: Currency,
  taken: TakenCurrency | null,
): Promise<ProviderLimits> => {
  const { minimum, maximum } = await ours(tx, organisationId, currency);
  const theirs = taken?.limits;
  if (!theirs) return { minimum, maximum };
  return { minimum: greater(theirs.minimum, minimum), maximum: lesser(theirs.maximum, maximum) };
};
