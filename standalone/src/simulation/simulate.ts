import { companiesOf } from "./companies.js";
import { CompanyLife, type MorningWallet } from "./company-life.js";
import { openInvoices } from "./open-invoices.js";
import { openForBusiness } from "./opening.js";
import { ServiceLife, sellServices } from "./services.js";
import { estateOf } from "./tree.js";
import { World } from "./world.js";

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** In the middle of a minute: what telemetry tells a moment later still counts for that minute. */
const MORNING = 8 * HOUR + 30_000;
const EVENING = 18 * HOUR + 30_000;
const RESELLERS = 4;
const [MONDAY, FRIDAY] = [1, 5];
/** Companies that act at the same time. */
const LANES = 4;

export interface Plan {
  /** The same seed makes the same history. */
  seed: number;
  companies: number;
  days: number;
  /** Midnight of the first day, UTC. */
  from: Date;
  /** How often everything that is due is done; once when left out. */
  jobRuns?: number;
}

/** Six months of 120 companies. */
export const FULL_PLAN: Plan = { seed: 4_000, companies: 120, days: 184, from: new Date("2026-01-01T00:00:00Z") };

const WALLETS = `query ($after: String) { wallets(first: 100, after: $after) {
  nodes { id organisation { id } state available { minorUnits } owed { minorUnits } }
  pageInfo { hasNextPage endCursor } } }`;

interface WalletPage {
  wallets: {
    nodes: {
      id: string;
      organisation: { id: string };
      state: MorningWallet["state"];
      available: { minorUnits: string };
      owed: { minorUnits: string };
    }[];
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
  };
}

/** All wallets by organisation. */
const morningWallets = async (world: World): Promise<Map<string, MorningWallet>> => {
  const found = new Map<string, MorningWallet>();
  const operator = world.person(world.estate.operator);
  for (let after: string | null = null; ; ) {
    const { wallets }: WalletPage = await world.ask<WalletPage>(WALLETS, { after }, operator);
    for (const { id, organisation, state, available, owed } of wallets.nodes) {
      const amounts = { available: BigInt(available.minorUnits), owed: BigInt(owed.minorUnits) };
      found.set(organisation.id, { id, state, ...amounts });
    }
    if (!wallets.pageInfo.hasNextPage) return found;
    after = wallets.pageInfo.endCursor;
  }
};

/** What billing does by the clock, in the order in which a day asks for it. */
const JOBS = [
  ...["apply-billing-modes", "charge-usage", "renew-services", "warn-of-services", "reserve-storage"],
  ...["invoice-months", "remind-of-invoices", "expire-top-ups", "cancel-overdue-orders", "sum-up-spend"],
];

/** Goes on to a moment, does what is due by then, and answers what follows from it. */
const moveTo = async (world: World, instant: Date, jobRuns: number): Promise<void> => {
  world.moveTo(instant);
  for (let round = 0; round < jobRuns; round += 1) for (const job of JOBS) await world.billing.runJob(job);
  await world.settle();
};

/** Whether a history of more than a week is twice as long as when it was last asked about. */
const hasDoubled = (days: number): boolean => days > 7 && Number.isInteger(Math.log2(days));

/** Some at a time; what one does never depends on another. */
const inLanes = async <T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> => {
  const waiting = all.values();
  const lane = async () => {
    for (const one of waiting) await work(one);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
};

/**
 * Lives through a plan in an empty database: the companies order, use, pay or do not pay, through the same mutations,
 * events and jobs as anybody. @returns the world at its end, open.
 */
export const simulate = async (databaseUrl: string, plan: Plan): Promise<World> => {
  const { seed, companies, days, from, jobRuns = 1 } = plan;
  const estate = estateOf(seed, RESELLERS, companiesOf(seed, companies, days, RESELLERS));
  const world = await World.open(databaseUrl, estate, seed, from);
  await openForBusiness(world);
  const itemIds = await sellServices(world);
  const lives = estate.companies.map((company) => new CompanyLife(world, company));
  const services = estate.companies.map((company) => new ServiceLife(world, company, itemIds));
  for (let day = 0; day < days; day += 1) {
    const midnight = from.getTime() + day * DAY;
    const weekday = new Date(midnight).getUTCDay();
    if (hasDoubled(day)) await world.takeStock();
    await moveTo(world, new Date(midnight + MORNING), jobRuns);
    if (weekday === MONDAY) await inLanes(lives, (life) => life.rest("RUNNING"));
    const wallets = await morningWallets(world);
    const invoices = await openInvoices(world);
    await inLanes(lives, async (life) => {
      const wallet = wallets.get(life.company.id);
      if (!wallet) throw new Error("a company without a wallet");
      await life.live(day, wallet, invoices.get(life.company.id) ?? []);
    });
    await world.settle();
    for (const service of services) await service.live(day);
    if (weekday !== FRIDAY) continue;
    await moveTo(world, new Date(midnight + EVENING), jobRuns);
    await inLanes(lives, (life) => life.rest("STOPPED"));
  }
  return world;
};
