import { type Currency, newEventId, type Tx } from "@tollgate/kit";
import { eq, inArray } from "drizzle-orm";
import { hold } from "../ledger/hold.schema.js";
import type { MachineRow } from "../machines/machine.schema.js";
import { order } from "../orders/order.schema.js";
import { add, type Fraction, fraction, rounded } from "../prices/fraction.js";
import { decimalOf, type Use } from "./hour.js";
import { HOUR } from "./runs.js";
import { type MeterRow, meter } from "./usage.schema.js";

const NOTHING = fraction(0n, 1n);

const keyOf = ({ vmId, resource, code }: { vmId: string; resource: string; code: string }): string =>
  `${vmId} ${resource} ${code}`;

/** Minor units, net of tax, that a machine's order has paid of its use in advance: its first hour. */
const prepaid = async (tx: Tx, vmIds: readonly string[]): Promise<Map<string, bigint>> => {
  const rows = await tx.db
    .select({ vmId: order.vmId, captured: hold.captured, tax: hold.capturedTax })
    .from(order)
    .innerJoin(hold, eq(hold.id, order.holdId))
    .where(inArray(order.vmId, [...vmIds]));
  return new Map(rows.flatMap(({ vmId, captured, tax }) => (vmId === null ? [] : [[vmId, captured - tax] as const])));
};

interface MachineAccount {
  organisationId: string;
  /** Minor units of use so far. */
  recorded: bigint;
  prepaid: bigint;
  paid: bigint;
}

/** What a use was priced by. */
export interface Terms {
  currency: Currency;
  priceListId: string;
  volumeBasisPoints: number;
  promotionBasisPoints: number;
}

/** Records of one use in hours that follow one another: all alike but for the amount, which rounding moves. */
export interface Series {
  use: Use;
  organisationId: string;
  terms: Terms;
  first: Date;
  /** Minor units, hour by hour. */
  amounts: bigint[];
  /** Of the records, where they must be known; null: any. */
  ids: (string | null)[];
}

/** Adds without looking for lowest terms where that is not needed: meters are added to millions of times. */
const accumulated = (sum: Fraction, more: Fraction): Fraction =>
  sum.denominator % more.denominator === 0n
    ? { numerator: sum.numerator + more.numerator * (sum.denominator / more.denominator), denominator: sum.denominator }
    : add(sum, more);

/**
 * The meters of machines while their hours are charged. A record's amount is `round(used so far) − recorded so far`, so
 * that hours add up to the price of a month to the cent.
 */
export class Meters {
  private readonly meters: Map<string, MeterRow>;
  private readonly running = new Map<string, Series>();
  readonly series: Series[] = [];

  private constructor(
    rows: readonly MeterRow[],
    readonly accounts: ReadonlyMap<string, Readonly<MachineAccount>>,
  ) {
    this.meters = new Map(rows.map((row) => [keyOf(row), row]));
  }

  static async read(tx: Tx, machines: readonly MachineRow[]): Promise<Meters> {
    const vmIds = machines.map(({ vmId }) => vmId);
    const rows = await tx.db.select().from(meter).where(inArray(meter.vmId, vmIds));
    const inAdvance = await prepaid(tx, vmIds);
    const recorded = new Map<string, bigint>();
    for (const row of rows) recorded.set(row.vmId, (recorded.get(row.vmId) ?? 0n) + row.recorded);
    const accounts = machines.map(({ vmId, organisationId, usagePaid }): [string, MachineAccount] => [
      vmId,
      {
        organisationId,
        recorded: recorded.get(vmId) ?? 0n,
        prepaid: inAdvance.get(vmId) ?? 0n,
        paid: usagePaid,
      },
    ]);
    return new Meters(rows, new Map(accounts));
  }

  /** In lowest terms. */
  rows(): MeterRow[] {
    return [...this.meters.values()].map((row) => ({
      ...row,
      used: fraction(row.used.numerator, row.used.denominator),
    }));
  }

  /** Enters what an organisation used in an hour. @returns minor units to be paid now, net of tax, and a record of it. */
  add(uses: readonly Use[], hour: Date, terms: Terms): { due: bigint; recordId: string | null } {
    const recordId = uses.length > 0 ? newEventId(hour.getTime()) : null;
    const touched = new Set<MachineAccount>();
    uses.forEach((use, nth) => {
      touched.add(this.enter(use, hour, terms, nth === 0 ? recordId : null));
    });
    let due = 0n;
    for (const account of touched) {
      const owing = account.recorded - account.prepaid - account.paid;
      if (owing <= 0n) continue;
      account.paid += owing;
      due += owing;
    }
    return { due, recordId };
  }

  private enter(use: Use, hour: Date, terms: Terms, recordId: string | null): MachineAccount {
    const account: MachineAccount | undefined = this.accounts.get(use.vmId);
    if (!account) throw new Error("a run without its machine");
    const { organisationId } = account;
    const { key, vmId, resource, code } = use;
    const before = this.meters.get(key) ?? { organisationId, vmId, resource, code, used: NOTHING, recorded: 0n };
    const used = accumulated(before.used, use.cost);
    const recorded = rounded(used);
    const amount = recorded - before.recorded;
    this.meters.set(key, { ...before, used, recorded });
    account.recorded += amount;
    const series = this.seriesOf(use, hour, terms, organisationId);
    series.amounts.push(amount);
    series.ids.push(recordId);
    return account;
  }

  /** The series that this hour goes on, or a new one. */
  private seriesOf(use: Use, hour: Date, terms: Terms, organisationId: string): Series {
    const known = this.running.get(use.key);
    const goesOn = known?.use === use && known.terms === terms;
    if (goesOn && known.first.getTime() + known.amounts.length * HOUR === hour.getTime()) return known;
    const series: Series = { use, organisationId, terms, first: hour, amounts: [], ids: [] };
    this.running.set(use.key, series);
    this.series.push(series);
    return series;
  }
}

/** As the tables have it. */
export const quantityOf = ({ use }: Series): string => decimalOf(use.quantity);
