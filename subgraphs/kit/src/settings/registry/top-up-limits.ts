import type { Currency } from "../../money/money.js";
import type { MoneySetting } from "../definition.js";

/** Minor units of one unit: all currencies that Tollgate keeps books in have two digits. */
const HUNDREDTHS = 100n;

interface Bounds {
  currency: Currency;
  /** As people say it. */
  words: string;
  /** Whole units; for both limits. */
  least: bigint;
  most: bigint;
}

const RAND: Bounds = { currency: "ZAR", words: "rand", least: 1n, most: 100_000_000n };
const RUPIAH: Bounds = { currency: "IDR", words: "rupiah", least: 1_000n, most: 1_000_000_000_000n };
const DOLLARS: Bounds = { currency: "USD", words: "US dollars", least: 1n, most: 10_000_000n };
const EUROS: Bounds = { currency: "EUR", words: "euros", least: 1n, most: 10_000_000n };
const RUPEES: Bounds = { currency: "PKR", words: "Pakistani rupees", least: 10n, most: 1_000_000_000n };

/** @param usual whole units. */
const limit = (
  which: "Smallest" | "Largest",
  { currency, words, least, most }: Bounds,
  usual: bigint,
): MoneySetting => ({
  title: currency === "ZAR" ? `${which} top-up` : `${which} top-up in ${words}`,
  type: "MONEY",
  default: { minorUnits: usual * HUNDREDTHS, currency },
  minimum: least * HUNDREDTHS,
  maximum: most * HUNDREDTHS,
  writeLevel: "RESELLER",
  description: `The ${which.toLowerCase()} payment that a wallet in ${words} takes, whichever way.`,
});

/** What one payment into a wallet may be, in each currency. */
export const TOP_UP_LIMITS = {
  "billing.topUpMinimum": limit("Smallest", RAND, 50n),
  "billing.topUpMaximum": limit("Largest", RAND, 500_000n),
  "billing.topUpMinimumIdr": limit("Smallest", RUPIAH, 10_000n),
  "billing.topUpMaximumIdr": limit("Largest", RUPIAH, 10_000_000n),
  "billing.topUpMinimumUsd": limit("Smallest", DOLLARS, 5n),
  "billing.topUpMaximumUsd": limit("Largest", DOLLARS, 25_000n),
  "billing.topUpMinimumEur": limit("Smallest", EUROS, 5n),
  "billing.topUpMaximumEur": limit("Largest", EUROS, 25_000n),
  "billing.topUpMinimumPkr": limit("Smallest", RUPEES, 500n),
  "billing.topUpMaximumPkr": limit("Largest", RUPEES, 5_000_000n),
};
