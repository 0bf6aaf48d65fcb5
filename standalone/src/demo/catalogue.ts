import type { CatalogueSeed } from "@tollgate/billing";
import { demoId, demoOrganisations, OPERATOR } from "./organisations.js";

const named = (name: string): string => {
  const found = demoOrganisations().find((organisation) => organisation.name === name);
  if (!found) throw new Error(`no organisation ${name}`);
  return found.id;
};

const rand = (cents: bigint) => ({ minorUnits: cents, currency: "ZAR" as const });

/** Services and products of the operator and of one reseller, and a customer that has one of them. */
export const catalogueSeed = (): CatalogueSeed => {
  const operator = { organisationId: OPERATOR };
  const karoo = { organisationId: named("Karoo Cloud") };
  return {
    items: [
      {
        ...operator,
        id: demoId("7", 1),
        kind: "SERVICE",
        name: "Off-site copies",
        description: "A copy of every disk each night, in another city, kept for 30 days.",
        category: "Safety",
        price: rand(24_900n),
        interval: "MONTHLY",
      },
      {
        ...operator,
        id: demoId("7", 2),
        kind: "SERVICE",
        name: "Off-site copies, 90 days",
        description: "The same, kept for 90 days.",
        category: "Safety",
        price: rand(49_900n),
        interval: "MONTHLY",
      },
      {
        ...operator,
        id: demoId("7", 3),
        kind: "SERVICE",
        name: "Public address",
        description: "A fixed IPv4 address of your own.",
        category: "Network",
        price: rand(5_500n),
        interval: "MONTHLY",
      },
      {
        ...operator,
        id: demoId("7", 4),
        kind: "SERVICE",
        name: "Domain",
        description: "A name under .co.za, renewed each year.",
        category: "Network",
        price: rand(18_000n),
        interval: "ANNUAL",
      },
      {
        ...operator,
        id: demoId("7", 5),
        kind: "PRODUCT",
        name: "Moving in",
        description: "We copy one machine from where it is now, over a weekend.",
        category: "Work",
        price: rand(150_000n),
        interval: null,
      },
      {
        ...karoo,
        id: demoId("7", 6),
        kind: "SERVICE",
        name: "Care",
        description: "Updates, watching, and somebody who answers within an hour on working days.",
        category: "Work",
        price: rand(89_000n),
        interval: "MONTHLY",
      },
    ],
    subscriptions: [{ organisationId: named("Fynbos Pharmacy"), itemId: demoId("7", 1), quantity: 2 }],
  };
};
