import { add, type Fraction, fraction, multiply, rounded } from "../prices/fraction.js";

/** Minutes since a history began. */
type Minute = number;

interface Stretch {
  from: Minute;
  to: Minute | null;
  isOn: boolean;
  vcpus: number;
}

/** What telemetry tells of a machine of the model: 2 GB of memory and 25 GB of SSD, on so many cores. */
export interface Told {
  version: bigint;
  vm: string;
  minute: Minute;
  state: "RUNNING" | "STOPPED" | "DELETED";
  vcpus: number;
}

/** Minor units for 720 hours at a full hour of the history. */
export type Rates = (hour: number) => { VCPU: bigint; MEMORY: bigint; STORAGE_SSD: bigint };

export interface Rules {
  rates: Rates;
  /** Basis points. */
  tax: (hour: number) => bigint;
  /** Ascending. */
  tiers: readonly { from: bigint; basisPoints: bigint }[];
}

const DAY = 24;
const NOTHING = fraction(0n, 1n);

/**
 * Charges as slowly and plainly as can be: hour by hour, minute by minute, machine by machine. What is told late counts
 * from the first hour on that is not charged yet.
 */
export class SlowBooks {
  private readonly stretches = new Map<string, Stretch[]>();
  private readonly versions = new Map<string, bigint>();
  private readonly used = new Map<string, Fraction>();
  private readonly revenues: { end: number; amount: bigint }[] = [];
  private until: number | null = null;
  private taxed = 0n;
  readonly recorded = new Map<string, bigint>();

  constructor(private readonly rules: Rules) {}

  get revenue(): bigint {
    return this.revenues.reduce((sum, { amount }) => sum + amount, 0n);
  }

  get tax(): bigint {
    return rounded(fraction(this.taxed, 10_000n));
  }

  tell({ vm, version, minute, state, vcpus }: Told): void {
    if ((this.versions.get(vm) ?? 0n) >= version) return;
    this.versions.set(vm, version);
    const own = this.stretches.get(vm) ?? [];
    this.stretches.set(vm, own);
    const last = own.at(-1);
    const open = last?.to === null ? last : undefined;
    const isOn = state === "RUNNING";
    if (open && state !== "DELETED" && open.isOn === isOn && open.vcpus === vcpus) return;
    const from = Math.max(minute, open?.from ?? minute);
    if (open) open.to = from;
    if (state === "DELETED") return;
    own.push({ from, to: null, isOn, vcpus });
    this.until ??= Math.floor(from / 60);
  }

  charge(until: number): void {
    if (this.until === null) return;
    for (let hour = this.until; hour < until; hour += 1) this.chargeHour(hour);
    this.until = Math.max(this.until, until);
  }

  private chargeHour(hour: number): void {
    const share = fraction(10_000n - this.discount(hour), 10_000n);
    const costs = new Map<string, Fraction>();
    for (const [vm, own] of this.stretches) {
      const minutes = new Map<Stretch, bigint>();
      for (let minute = hour * 60; minute < hour * 60 + 60; minute += 1) {
        const now = own.find(({ from, to }) => from <= minute && (to === null || to > minute));
        if (now) minutes.set(now, (minutes.get(now) ?? 0n) + 1n);
      }
      for (const [stretch, count] of minutes) {
        for (const [resource, cents] of this.perMonth(stretch, hour)) {
          const key = `${vm} ${resource}`;
          costs.set(key, add(costs.get(key) ?? NOTHING, fraction(cents * count, 720n * 60n)));
        }
      }
    }
    let due = 0n;
    for (const [key, cost] of costs) {
      const used = add(this.used.get(key) ?? NOTHING, multiply(cost, share));
      this.used.set(key, used);
      due += rounded(used) - (this.recorded.get(key) ?? 0n);
      this.recorded.set(key, rounded(used));
    }
    this.revenues.push({ end: hour + 1, amount: due });
    this.taxed += due * this.rules.tax(hour);
  }

  private perMonth({ isOn, vcpus }: Stretch, hour: number): [string, bigint][] {
    const { VCPU, MEMORY, STORAGE_SSD } = this.rules.rates(hour);
    const storage: [string, bigint] = ["STORAGE_SSD", 25n * STORAGE_SSD];
    return isOn ? [["VCPU", BigInt(vcpus) * VCPU], ["MEMORY", 2n * MEMORY], storage] : [storage];
  }

  /** By what was charged in the 30 days before the day of this hour began. */
  private discount(hour: number): bigint {
    const day = Math.floor(hour / DAY) * DAY;
    const spend = this.revenues
      .filter(({ end }) => end <= day && end > day - 30 * DAY)
      .reduce((sum, { amount }) => sum + amount, 0n);
    return this.rules.tiers.findLast(({ from }) => from <= spend)?.basisPoints ?? 0n;
  }
}
