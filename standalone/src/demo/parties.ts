import type { SeededSetting } from "@tollgate/organisations";
import { demoOrganisations } from "./organisations.js";

const STREETS = ["Long Street", "Loop Street", "Church Street", "Main Road", "Voortrekker Road"];
const TOWNS = ["Cape Town, 8001", "Johannesburg, 2001", "Durban, 4001", "Gqeberha, 6001"];

/** What stands on documents of the demo's organisations: numbers that nobody has. */
export const partiesSeed = (): SeededSetting[] =>
  demoOrganisations().flatMap(({ id: organisationId, name, kind }, nth) => {
    const number = `${nth + 1}`.padStart(4, "0");
    const details = {
      "billing.legalName": `${name} (Pty) Ltd`,
      "billing.address": `${nth + 1} ${STREETS[nth % STREETS.length]}, ${TOWNS[nth % TOWNS.length]}, South Africa`,
      "billing.taxNumber": `400000${number}`,
      "billing.registrationNumber": `2020/00${number}/07`,
      ...(kind !== "CUSTOMER" && { "billing.bankDetails": `Bank of the Demo, account 1000 ${number}` }),
    } as const;
    return Object.entries(details).map(([key, value]) => ({
      organisationId,
      key: key as keyof typeof details, // of the object above
      value,
    }));
  });
