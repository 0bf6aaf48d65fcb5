import { type BillingSeed, demoPriceList } from "@tollgate/billing";
import { demoId, demoOrganisations, OPERATOR } from "./organisations.js";

const DAY = 86_400_000;

/** What customers have paid in so far, in cents, one after the other. */
const PAID_IN = [250_000n, 845_000n, 1_200_000n, 500n, 430_000n, 96_000n];

/** The operator's price list, which all below inherit, and each organisation's payments of the last weeks. */
export const billingSeed = (now: Date): BillingSeed => {
  const customers = demoOrganisations().filter((organisation) => organisation.kind !== "INTERNAL");
  return {
    priceLists: [demoPriceList(demoId("5", 1), OPERATOR, new Date(now.getTime() - 90 * DAY))],
    credits: customers.flatMap(({ id, kind }, index) => {
      const total = kind === "RESELLER" ? 2_500_000n : (PAID_IN[index % PAID_IN.length] ?? 0n);
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
    }),
  };
};
