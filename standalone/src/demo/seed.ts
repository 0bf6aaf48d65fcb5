import { seedUsers } from "@tollgate/accounts";
import { seedBilling, seedCatalogue, seedInvoices, seedOffers, seedPast, seedReserves } from "@tollgate/billing";
import { seedMessaging } from "@tollgate/messaging";
import { DEMO_REFUSED, holdsDemo, seedOrganisations, seedSettings } from "@tollgate/organisations";
import { seedTelemetry } from "@tollgate/telemetry";
import { SUBGRAPH_NAMES } from "../graph/names.js";
import type { Subgraphs } from "../graph/subgraphs.js";
import { StartFault } from "../process/free-port.js";
import { billingSeed } from "./books.js";
import { catalogueSeed } from "./catalogue.js";
import { machinesSeed } from "./machines.js";
import { messagingSeed } from "./notifications.js";
import { offersSeed } from "./offers.js";
import { organisationsSeed, usersSeed } from "./organisations.js";
import { partiesSeed } from "./parties.js";
import { pastOf } from "./past.js";

/**
 * Fills an empty Tollgate with fictional organisations, people, machines and money, through the same functions that
 * requests go through. A start that was killed in the middle is picked up: each part is there wholly or not at all.
 * @param historyDays of use that customers have behind them.
 */
export const seedDemo = async (
  subgraphs: Subgraphs,
  say: (line: string) => void,
  historyDays: number,
): Promise<void> => {
  if (!(await holdsDemo(subgraphs.organisations))) say("Loading demo data …");
  const now = new Date();
  await seedOrganisations(subgraphs.organisations, organisationsSeed());
  await Promise.all(SUBGRAPH_NAMES.map((name) => subgraphs[name].followTree()));
  await seedSettings(subgraphs.organisations, partiesSeed(), now);
  await seedUsers(subgraphs.accounts, usersSeed());
  await seedOffers(subgraphs.billing, offersSeed(now), now);
  await seedBilling(subgraphs.billing, billingSeed(now, historyDays > 0));
  const machines = machinesSeed(now, historyDays > 0);
  if (historyDays > 0) await seedPast(subgraphs.billing, pastOf(machines.machines, historyDays, now));
  await seedTelemetry(subgraphs.telemetry, machines);
  await seedMessaging(subgraphs.messaging, messagingSeed(now));
  // Who signs in first shall have its permissions already: they travel by event.
  await Promise.all(SUBGRAPH_NAMES.map((name) => subgraphs[name].delivered()));
  // Billing has heard of the machines by now.
  const vmIds = machines.machines.map(({ id }) => id);
  await seedReserves(subgraphs.billing, vmIds, now);
  await seedCatalogue(subgraphs.billing, catalogueSeed(), now);
  await seedInvoices(subgraphs.billing, now);
};

/** @throws StartFault where the demo's people, whose password everybody knows, are in the database. */
export const refuseDemoData = async (subgraphs: Subgraphs): Promise<void> => {
  if (await holdsDemo(subgraphs.organisations)) {
    throw new StartFault(DEMO_REFUSED);
  }
};
