import { divideHalfEven, newEventId, type Tx } from "@tollgate/kit";
import type { Adjusting } from "../prices/adjustments.js";
import type { Prices } from "../prices/rates.js";
import type { Discounts } from "./hour.js";
import type { Hours } from "./hours.js";
import { judge } from "./judging.js";
import type { Meters, Terms } from "./meters.js";
import type { PricesAt } from "./price-turns.js";
import type { Purse } from "./purse.js";
import { HOUR } from "./runs.js";
import type { ChargedHour, TaxMeter } from "./writing.js";

const BASIS_POINTS = 10_000n;

/** What the hours of several organisations are charged with. */
export interface Books {
  pricesAt: PricesAt;
  adjusting: Adjusting;
  meters: Meters;
  purses: ReadonlyMap<string, Purse>;
  /** Of all of them, as they were charged. */
  charged: ChargedHour[];
}

/** One organisation's hours. */
export class Account {
  private terms: Terms | null = null;

  constructor(
    private readonly hours: Hours,
    readonly tax: TaxMeter,
  ) {}

  /** Charges from hour to hour, each with its tax. Money is moved and machines' records are written later, all at once. */
  async charge(tx: Tx, books: Books, from: Date, until: Date): Promise<void> {
    const { organisationId } = this.tax;
    for (let hour = from; hour < until; hour = new Date(hour.getTime() + HOUR)) {
      const prices = books.pricesAt(organisationId, hour);
      const purse = books.purses.get(organisationId);
      if (prices && purse) await this.chargeHour(tx, books, { hour, prices, purse });
    }
  }

  private async chargeHour(
    tx: Tx,
    { adjusting, meters, charged }: Books,
    { hour, prices, purse }: { hour: Date; prices: Prices; purse: Purse },
  ): Promise<void> {
    const { organisationId } = this.tax;
    const { currency } = prices.list;
    const discounts = adjusting.at(organisationId, prices, hour);
    const uses = this.hours.uses(hour, prices, discounts);
    const { due, recordId } = meters.add(uses, hour, this.termsOf(prices, discounts));
    const tax = this.taxOn(due, prices);
    const payment = purse.pay(due + tax);
    if (due > 0n) {
      const { walletId } = purse.standing;
      const machines = new Set(uses.map(({ vmId }) => vmId)).size;
      charged.push({ entryId: newEventId(), organisationId, walletId, hour, payment, tax, machines, recordId });
      adjusting.charged(organisationId, currency, new Date(hour.getTime() + HOUR), due);
    }
    await judge(tx, purse, this.hours, { hour, prices, payment });
  }

  /** The same object as long as nothing of it changes. */
  private termsOf({ list }: Prices, { volumeBasisPoints, promotionBasisPoints }: Discounts): Terms {
    const { terms: known } = this;
    const isKnown =
      known?.priceListId === list.id &&
      known.volumeBasisPoints === volumeBasisPoints &&
      known.promotionBasisPoints === promotionBasisPoints;
    if (isKnown) return known;
    const terms = { currency: list.currency, priceListId: list.id, volumeBasisPoints, promotionBasisPoints };
    this.terms = terms;
    return terms;
  }

  /** `round(tax so far) − charged so far`, so that the hours of a month add up to the tax on their sum. */
  private taxOn(due: bigint, { tax }: Prices): bigint {
    if (due === 0n || tax === null) return 0n;
    this.tax.taxUsed += due * BigInt(tax.basisPoints);
    const total = divideHalfEven(this.tax.taxUsed, BASIS_POINTS);
    const more = total - this.tax.taxCharged;
    this.tax.taxCharged = total;
    return more;
  }
}
