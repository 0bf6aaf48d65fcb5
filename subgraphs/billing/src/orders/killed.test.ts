import { randomUUID } from "node:crypto";
import { Receipts, type Tx } from "@tollgate/kit";
import { TEST_SECRET, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { system } from "../testing/arrange.js";
import { buyer, issued, OrderDesk, ordered, provisioningChanged } from "../testing/orders.js";
import { followProvisioning } from "./ending.js";
import { orderVm } from "./placing.js";

const tree = testTree();
let desk: OrderDesk;

beforeAll(async () => {
  desk = await OrderDesk.start(inject("postgresUrl"), tree);
  await desk.pay(tree.customer, 10_000_000n);
});
afterAll(() => desk.stop());

describe("a transaction that dies", () => {
  const as = buyer(tree.customer);

  /** Does `work` again and again, dying before each of its statements in turn, until it comes through. */
  const killedAtEachStep = async (work: (tx: Tx) => Promise<unknown>): Promise<number> => {
    for (let step = 1; ; step += 1) {
      let left = step;
      const dying = (tx: Tx): Tx => {
        const count = () => {
          left -= 1;
          if (left === 0) throw new Error("killed");
        };
        const watch = <Target extends object>(target: Target): Target =>
          new Proxy(target, {
            get: (object, name) => {
              if (["select", "insert", "update"].includes(String(name))) count();
              const value: unknown = Reflect.get(object, name);
              return typeof value === "function" ? value.bind(object) : value;
            },
            apply: (object, _self, parameters) => {
              count();
              return Reflect.apply(object as never, undefined, parameters);
            },
          });
        return { ...tx, db: watch(tx.db), sql: watch(tx.sql) };
      };
      const isKilled = await system(desk.billing.subgraph, (tx) => work(dying(tx))).then(
        () => false,
        (error: unknown) => {
          if (error instanceof Error && error.message === "killed") return true;
          throw error;
        },
      );
      if (!isKilled) return step - 1;
      await desk.books(tree.customer);
    }
  };

  it("while ordering leaves nothing: no hold, no order, no event, and the quote as it was", async () => {
    const before = await desk.books(tree.customer);
    const quoteId = await issued(desk.billing, as);
    const key = randomUUID();
    const receipts = new Receipts(TEST_SECRET);
    const steps = await killedAtEachStep((tx) =>
      orderVm(tx, { quoteId, idempotencyKey: key }, receipts, desk.clock.now()),
    );
    expect(steps).toBeGreaterThan(10);
    expect((await desk.books(tree.customer)).held - before.held).toBe(15_000n);
    const [count] = await system(
      desk.billing.subgraph,
      (tx) => tx.sql<{ n: bigint }[]>`select count(*) as n from customer_order where quote_id = ${quoteId}`,
    );
    expect(count?.n).toBe(1n);
  });

  it.each(["RUNNING", "FAILED"] as const)("while following %s is repeated whole", async (state) => {
    const before = await desk.books(tree.customer);
    const id = await ordered(desk.billing, as);
    const event = provisioningChanged(tree.customer, id, state, state === "RUNNING" ? randomUUID() : null);
    await killedAtEachStep((tx) => followProvisioning(tx, [event], desk.clock.now()));
    const after = await desk.books(tree.customer);
    expect(after.held - before.held).toBe(state === "RUNNING" ? 500n : 0n);
    expect(before.posted - after.posted).toBe(state === "RUNNING" ? 21n : 0n);
  });
});
