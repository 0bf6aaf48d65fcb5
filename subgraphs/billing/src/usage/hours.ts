import type { MachineRow } from "../machines/machine.schema.js";
import type { Fraction } from "../prices/fraction.js";
import type { Prices } from "../prices/rates.js";
import { type Discounts, rateAfter, type Use, usesOf } from "./hour.js";
import { HOUR } from "./runs.js";
import type { RunRow } from "./usage.schema.js";

/** What an hour is made of, apart from its date. */
interface Make {
  runs: readonly RunRow[];
  prices: Prices;
  discounts: Discounts;
  uses: Use[];
}

const isSame = (a: readonly RunRow[], b: readonly RunRow[]): boolean =>
  a.length === b.length && a.every((run, nth) => run === b[nth]);

const lastsThrough = ({ fromAt, toAt }: RunRow, from: number): boolean =>
  fromAt.getTime() <= from && (toAt === null || toAt.getTime() >= from + HOUR);

/**
 * The uses of an organisation hour after hour. Most hours are like the one before: as long as no machine changes within
 * them and prices and discounts stay, they are not calculated anew.
 */
export class Hours {
  private known: Make | null = null;
  private rate: { going: readonly RunRow[]; prices: Prices; rate: Fraction } | null = null;

  constructor(
    public runs: readonly RunRow[],
    private readonly machines: ReadonlyMap<string, MachineRow>,
  ) {}

  uses(hour: Date, prices: Prices, discounts: Discounts): Use[] {
    const from = hour.getTime();
    const runs = this.runs.filter(
      ({ fromAt, toAt }) => fromAt.getTime() < from + HOUR && (toAt === null || toAt.getTime() > from),
    );
    if (!runs.every((run) => lastsThrough(run, from))) {
      this.known = null;
      return usesOf(runs, this.machines, prices, discounts, hour);
    }
    const { known } = this;
    const isKnown =
      known?.prices === prices &&
      known.discounts.volumeBasisPoints === discounts.volumeBasisPoints &&
      known.discounts.promotionBasisPoints === discounts.promotionBasisPoints;
    if (isKnown && isSame(known.runs, runs)) return known.uses;
    const uses = usesOf(runs, this.machines, prices, discounts, hour);
    this.known = { runs, prices, discounts, uses };
    return uses;
  }

  /** Minor units in an hour of all that goes on at the end of the hour, with tax and without discounts. */
  rateAfter(hour: Date, prices: Prices): Fraction {
    const going = this.goingOn(new Date(hour.getTime() + HOUR));
    const { rate: known } = this;
    if (known && known.prices === prices && isSame(known.going, going)) return known.rate;
    const rate = rateAfter(going, this.machines, prices, hour);
    this.rate = { going, prices, rate };
    return rate;
  }

  /** Stretches that go on at a moment. */
  goingOn(at: Date): RunRow[] {
    return this.runs.filter(({ fromAt, toAt }) => fromAt <= at && (toAt === null || toAt > at));
  }

  machine(vmId: string): MachineRow | undefined {
    return this.machines.get(vmId);
  }
}
