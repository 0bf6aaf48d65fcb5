import { type BillingSeed, demoPriceList } from "@tollgate/billing";
import { monthlyCosts } from "./machines.js";
import { VAT_BASIS_POINTS } from "./offers.js";
import { demoId, demoOrganisations, OPERATOR } from "./organisations.js";

const DAY = 86_400_000;
/** As prices count them. */
const DAYS_OF_MONTH = 30n;

/** What customers have left of what they paid in, beside their machines' reserves, in cents, one after the other. */
const AVAILABLE = [250_000n, 845_000n, 1_200_000n, 500n, 430_000n, 96_000n];

const payers = () => demoOrganisations().filter((organisation) => organisation.kind !== "INTERNAL");

/** What each customer has left, beside its machines' reserves, in cents, by organisation. */
export const leftOf = (): Map<string, bigint> =>
  new Map(
    payers().flatMap(({ id, kind }, index) =>
      kind === "CUSTOMER" ? [[id, AVAILABLE[index % AVAILABLE.length] ?? 0n] as const] : [],
    ),
  );

/** What one customer keeps in other currencies, to try the providers that take those: minor units. */
const ABROAD = [
  { currency: "IDR", minorUnits: 150_000_000n },
  { currency: "USD", minorUnits: 12_000n },
] as const;

const creditsAbroad = (at: Date): BillingSeed["credits"] => {
  const payer = demoOrganisations().find(({ name }) => name === "Springbok Foods");
  if (!payer) return [];
  const about = { organisationId: payer.id, description: "Top-up by bank transfer", at };
  return ABROAD.map((money) => ({ ...about, ...money, idempotencyKey: `demo top-up in ${money.currency}` }));
};

/**
 * The operator's price list, which all below inherit, and each organisation's payments of the last weeks.
 * @param hasPast customers have machines that were charged for before now, and paid for those.
 */
export const billingSeed = (now: Date, hasPast: boolean): BillingSeed => {
  const left = leftOf();
  const costs = monthlyCosts();
  /** A day of all machines with tax, which is set aside for them. */
  const reserved = (organisationId: string) =>
    ((costs.get(organisationId) ?? 0n) * (10_000n + BigInt(VAT_BASIS_POINTS))) / (10_000n * DAYS_OF_MONTH);
  return {
    priceLists: [demoPriceList(demoId("5", 1), OPERATOR, new Date(now.getTime() - 90 * DAY))],
    credits: payers()
      .flatMap(({ id, kind }): BillingSeed["credits"] => {
        if (hasPast && kind === "CUSTOMER") return [];
        const total = kind === "RESELLER" ? 2_500_000n : (left.get(id) ?? 0n) + reserved(id);
        const first = total / 2n;
        return [
          { amount: first, days: 18 },
          { amount: total - first, days: 4 },
        ].map(({ amount, days }) => ({
          organisationId: id,
          currency: "ZAR" as const,
          minorUnits: amount,
          description: "Top-up by bank transfer",
          at: new Date(now.getTime() - days * DAY),
          idempotencyKey: `demo top-up ${days}`,
        }));
      })
      .concat(creditsAbroad(new Date(now.getTime() - 10 * DAY))),
  };
};
