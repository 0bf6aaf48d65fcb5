import type { OffersSeed } from "@tollgate/billing";
import { demoId, demoOrganisations, OPERATOR } from "./organisations.js";

const DAY = 86_400_000;
/** South Africa's VAT of today. */
export const VAT_BASIS_POINTS = 1_500;

const reseller = (name: string): string => {
  const found = demoOrganisations().find((organisation) => organisation.name === name);
  if (!found) throw new Error(`no organisation ${name}`);
  return found.id;
};

/** South Africa's VAT, offers of two resellers to their customers, and a coupon of the operator's for everybody. */
export const offersSeed = (now: Date): OffersSeed => {
  const inDays = (days: number): Date => new Date(now.getTime() + days * DAY);
  return {
    operator: OPERATOR,
    taxRates: [
      {
        country: "ZA",
        name: "VAT",
        basisPoints: VAT_BASIS_POINTS,
        effectiveFrom: new Date("2018-04-01T00:00:00+02:00"),
      },
    ],
    promotions: [
      {
        id: demoId("6", 1),
        organisationId: reseller("Highveld Hosting"),
        name: "Moving in",
        basisPoints: 1_000,
        startsAt: inDays(-20),
        endsAt: inDays(70),
      },
      {
        id: demoId("6", 2),
        organisationId: reseller("Karoo Cloud"),
        name: "New year",
        basisPoints: 500,
        startsAt: inDays(30),
        endsAt: inDays(60),
      },
    ],
    coupons: [
      {
        id: demoId("7", 1),
        organisationId: OPERATOR,
        code: "WELCOME",
        uses: ["TOP_UP", "SERVICE_SUBSCRIPTION"],
        amount: 5_000n,
        minimum: 20_000n,
        currency: "ZAR",
        maxRedemptions: 500,
        maxPerOrganisation: 1,
        startsAt: inDays(-40),
      },
      {
        id: demoId("7", 2),
        organisationId: reseller("Karoo Cloud"),
        code: "KAROO10",
        uses: ["TOP_UP"],
        basisPoints: 1_000,
        maxPerOrganisation: 2,
        startsAt: inDays(-10),
        endsAt: inDays(50),
      },
    ],
  };
};
