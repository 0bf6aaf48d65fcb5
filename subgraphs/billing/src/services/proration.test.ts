import { randomUUID } from "node:crypto";
import { divideHalfEven, Fault } from "@tollgate/kit";
import { testTree } from "@tollgate/kit/testing";
import fc from "fast-check";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { lesser } from "../prices/fraction.js";
import { system } from "../testing/arrange.js";
import { endAll, setWallet, subscribed } from "../testing/services.js";
import { Shop } from "../testing/shop.js";
import { changeSubscription } from "./changing.js";
import { cancelSubscription, resumeSubscription } from "./managing.js";
import { renewDue } from "./renewals.js";

const tree = testTree();
const PLENTY = 10n ** 12n;
let shop: Shop;

/** What is on sale: two services by the month, one by the hour; none divides evenly into minutes. */
const OFFERS = [
  { price: 10_007n, interval: "MONTHLY", minutes: 43_200n },
  { price: 29_999n, interval: "MONTHLY", minutes: 43_200n },
  { price: 101n, interval: "HOURLY", minutes: 60n },
] as const;
const items: string[] = [];

beforeAll(async () => {
  shop = await Shop.start(inject("postgresUrl"), tree);
  for (const { price, interval } of OFFERS) {
    items.push(await shop.offer(tree.reseller, { interval, price: { minorUnits: price, currency: "ZAR" } }));
  }
});
afterAll(() => shop.stop());

/** A period as somebody would write it on paper: who had what for how many minutes of it. */
class OnPaper {
  private taken = 0n;
  private parts: { price: bigint; minutes: bigint }[] = [];
  private left: bigint;
  /** Of hours: what rounding left of those before, of the length of a period. */
  private carried = 0n;
  private isCancelled = false;
  private isOver = false;

  constructor(
    private offer: number,
    private quantity: bigint,
  ) {
    this.left = this.length;
  }

  pass(minutes: bigint): void {
    for (let rest = minutes; !this.isOver && rest > 0n; ) {
      const step = lesser(rest, this.left);
      this.parts.push({ price: this.price, minutes: step });
      this.left -= step;
      rest -= step;
      if (this.left === 0n) this.endPeriod();
    }
  }

  change(offer: number, quantity: bigint): void {
    if (this.isOver || this.isCancelled || (offer === this.offer && quantity === this.quantity)) return;
    const goesOn = OFFERS[offer]?.interval === OFFERS[this.offer]?.interval;
    if (!goesOn) this.settle();
    this.offer = offer;
    this.quantity = quantity;
    if (goesOn) return;
    this.left = this.length;
    this.carried = 0n;
  }

  cancel(): void {
    if (!this.isOver) this.isCancelled = true;
  }

  resume(): void {
    if (!this.isOver) this.isCancelled = false;
  }

  /** With what is paid in advance. */
  total(): bigint {
    return this.isOver
      ? this.taken
      : this.taken + this.worth([...this.parts, { price: this.price, minutes: this.left }]);
  }

  private get length(): bigint {
    return OFFERS[this.offer]?.minutes ?? 0n;
  }

  private get price(): bigint {
    return (OFFERS[this.offer]?.price ?? 0n) * this.quantity;
  }

  private worth(parts: readonly { price: bigint; minutes: bigint }[]): bigint {
    return divideHalfEven(this.exactly(parts), this.length);
  }

  /** Of the length of a period. */
  private exactly(parts: readonly { price: bigint; minutes: bigint }[]): bigint {
    return parts.reduce((sum, { price, minutes }) => sum + price * minutes, this.carried);
  }

  private settle(): void {
    const worth = this.worth(this.parts);
    this.carried = OFFERS[this.offer]?.interval === "HOURLY" ? this.exactly(this.parts) - worth * this.length : 0n;
    this.taken += worth;
    this.parts = [];
  }

  private endPeriod(): void {
    this.settle();
    this.left = this.length;
    this.isOver = this.isCancelled;
  }
}

type Step =
  | { kind: "pass"; minutes: number; renews: boolean }
  | { kind: "change"; offer: number; quantity: number }
  | { kind: "cancel" | "resume" };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant("pass" as const),
      minutes: fc.oneof(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 0, max: 60_000 })),
      renews: fc.boolean(),
    }),
    fc.record({ kind: fc.constant("change" as const), offer: fc.nat(2), quantity: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: fc.constantFrom("cancel" as const, "resume" as const) }),
  ),
  { minLength: 2, maxLength: 10 },
);

const renew = async () => expect(await renewDue(shop.subgraph.database, shop.clock.now())).toEqual(new Map());

const act = async (id: string, step: Exclude<Step, { kind: "pass" }>): Promise<void> => {
  const at = shop.clock.now();
  const key = randomUUID();
  await system(shop.subgraph, (tx) => {
    if (!("offer" in step)) return (step.kind === "cancel" ? cancelSubscription : resumeSubscription)(tx, id, key, at);
    const wish = { serviceSubscriptionId: id, itemId: items[step.offer] ?? null, quantity: step.quantity };
    return changeSubscription(tx, wish, key, at);
  }).catch((error: unknown) => {
    // What is refused as things stand changes nothing, on paper neither.
    if (!(error instanceof Fault) || error.code !== "CONFLICT") throw error;
  });
};

it("whatever is done to a subscription, what was taken is the time used times its price, to the cent", async () => {
  const run = async (script: Step[]): Promise<void> => {
    await endAll(shop);
    await setWallet(shop, tree.customer, PLENTY);
    const id = await subscribed(shop, tree, items[0] ?? "");
    const paper = new OnPaper(0, 1n);
    for (const step of script) {
      if (step.kind === "pass") {
        shop.clock.forward(step.minutes);
        paper.pass(BigInt(step.minutes));
        // Nobody is on time always: what comes next finds what was missed.
        if (step.renews) await renew();
        continue;
      }
      // Periods that nobody got to are caught up a few days at a time; beyond that an action is asked to wait.
      await renew();
      if ("offer" in step) paper.change(step.offer, BigInt(step.quantity));
      else paper[step.kind]();
      await act(id, step);
    }
    await renew();
    const { available } = await shop.desk.books(tree.customer);
    expect(PLENTY - available).toBe(paper.total());
  };
  await fc.assert(fc.asyncProperty(steps, run), { numRuns: 12, seed: 20_261_121 });
}, 60_000);
