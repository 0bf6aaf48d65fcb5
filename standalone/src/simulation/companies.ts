import { TEMPLATE_SIZES } from "@tollgate/billing";
import { Dice } from "./dice.js";
import { BEGINNINGS, type MachineUse, SECTORS } from "./sectors.js";
import { SERVICE_COUNT } from "./services.js";

/** How a company minds its wallet: warned, when it has run dry, or once its machines have stood still for days. */
export type Payer = "PROMPT" | "LATE" | "FORGETFUL";

export interface PlannedMachine extends MachineUse {
  /** Day of the simulation on which it is ordered. */
  fromDay: number;
  /** On which it is deleted; null: never. */
  untilDay: number | null;
}

/** A service that a company subscribes to. */
export interface PlannedService {
  /** Which of those on offer. */
  item: number;
  fromDay: number;
  /** Day on which it takes a second one. */
  growsOnDay: number;
  /** On which it is cancelled; null: never. */
  untilDay: number | null;
}

/** A fictional company and its habits. */
export interface Company {
  id: string;
  name: string;
  sector: string;
  /** Which of the resellers serves it. */
  reseller: number;
  payer: Payer;
  /** Invoiced ones pay in arrears. */
  isInvoiced: boolean;
  /** Months that a payment is meant to last. */
  monthsAtOnce: number;
  machines: readonly PlannedMachine[];
  service: PlannedService | null;
}

/** Months of everything that an invoiced company may owe. */
export const CREDIT_MONTHS = 4n;

const nameOf = (number: number, trades: readonly string[]): string => {
  const round = Math.floor(number / BEGINNINGS.length);
  const trade = trades[round % trades.length];
  return `${BEGINNINGS[number % BEGINNINGS.length]} ${trade}`;
};

const machinesOf = (dice: Dice, uses: readonly MachineUse[], days: number): PlannedMachine[] => {
  const first = dice.between(0, Math.floor(days / 2));
  return uses.flatMap((use, index) => {
    const fromDay = first + index * dice.between(3, 40);
    if (fromDay >= days) return [];
    const lives = dice.chance(15) ? fromDay + dice.between(10, 90) : null;
    return [{ ...use, fromDay, untilDay: lives }];
  });
};

const serviceOf = (dice: Dice, days: number): PlannedService | null => {
  if (!dice.chance(40)) return null;
  const fromDay = dice.between(0, days);
  const [growsOnDay, untilDay] = [fromDay + dice.between(10, 80), fromDay + dice.between(20, 200)];
  return { item: dice.between(0, SERVICE_COUNT - 1), fromDay, growsOnDay, untilDay: dice.chance(50) ? untilDay : null };
};

/** The first companies of a seed: the same ones whatever their number. */
export const companiesOf = (seed: number, count: number, days: number, resellers: number): Company[] =>
  Array.from({ length: count }, (_, number) => {
    const dice = new Dice(seed, "company", number);
    const sector = dice.pick(SECTORS);
    return {
      id: dice.uuid(),
      name: nameOf(number, sector.trades),
      sector: sector.name,
      reseller: number % resellers,
      payer: dice.pick<Payer>(["PROMPT", "PROMPT", "PROMPT", "LATE", "FORGETFUL"]),
      isInvoiced: dice.chance(20),
      monthsAtOnce: dice.between(1, 3),
      machines: machinesOf(dice.of("machines"), sector.machines, days),
      service: serviceOf(dice.of("service"), days),
    };
  });

/** What all machines of a company cost in a month of 720 hours under the demo's list, in cents, without tax. */
export const monthlyCostOf = ({ machines }: Company): bigint =>
  machines.reduce((sum, { size }) => {
    const template = TEMPLATE_SIZES.find(({ name }) => name === size);
    return sum + (template?.monthlyMinorUnits ?? 0n);
  }, 0n);
