import { until } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { simulateMidtrans } from "../testing/midtrans-server.js";
import { Payments } from "../testing/payments.js";

describe("top-ups through Midtrans", () => {
  let payments: Payments<Awaited<ReturnType<typeof simulateMidtrans>>>;

  beforeAll(async () => {
    payments = await Payments.start(inject("postgresUrl"), simulateMidtrans);
  });
  afterAll(() => payments.stop());

  const posted = async () => (await payments.wallet()).posted;
  const become = (...args: Parameters<typeof payments.simulation.provider.become>) =>
    payments.deliver(payments.simulation.provider.become(...args));
  const paid = async () => {
    const row = await payments.begin();
    await become(row.reference, { transaction_status: "settlement" });
    return row;
  };
  const refundAtMidtrans = (reference: string, refund_key: string, rupiah: number) => {
    const refund = { refund_chargeback_id: 1, refund_amount: `${rupiah}.00`, refund_key, reason: "By hand" };
    return become(reference, { transaction_status: "partial_refund", refunds: [refund] });
  };

  it("begin with a token for Snap", async () => {
    const { id } = await payments.begin();
    expect(await payments.step(id)).toEqual({
      __typename: "SnapStep",
      token: expect.any(String),
      clientKey: payments.simulation.credentials["payments.midtransClientKey"],
      url: expect.stringContaining("/snap/"),
    });
  });

  it("wait for a challenged card, and are credited once the merchant accepts it", async () => {
    const before = await posted();
    const { id, reference } = await payments.begin();
    await become(reference, { transaction_status: "capture", fraud_status: "challenge" });
    expect(await payments.topUp(id)).toMatchObject({ state: "PENDING" });
    await become(reference, { transaction_status: "capture", fraud_status: "accept" });
    expect(await payments.topUp(id)).toMatchObject({ state: "SUCCEEDED" });
    await become(reference, { transaction_status: "settlement" });
    expect((await posted()) - before).toBe(payments.amount.minorUnits);
  });

  it("may fail with one card and succeed with the next", async () => {
    const before = await posted();
    const { id, reference } = await payments.begin();
    await become(reference, { transaction_status: "deny", fraud_status: "deny", status_code: "202" });
    expect(await payments.topUp(id)).toMatchObject({ state: "PENDING" });
    await become(reference, { transaction_status: "capture", fraud_status: "accept" });
    expect((await posted()) - before).toBe(payments.amount.minorUnits);
  });

  it("credit nothing when a status was written over a signed notification", async () => {
    const before = await posted();
    const { id, reference } = await payments.begin();
    await become(reference, { transaction_status: "pending", status_code: "201" });
    const lie = payments.simulation.provider.notification(reference, { transaction_status: "settlement" });
    expect(await payments.deliver(lie)).toEqual({ status: 200, body: "OK" });
    expect(await payments.topUp(id)).toMatchObject({ state: "PENDING" });
    expect((await posted()) - before).toBe(0n);
  });

  it("give back what was refunded in Midtrans' portal, once however often it is told", async () => {
    const before = await posted();
    const { id, reference } = await paid();
    await refundAtMidtrans(reference, "portal-1", 40_000);
    await payments.deliver(payments.simulation.provider.notification(reference, { told: "again" }));
    expect(await payments.topUp(id)).toMatchObject({ refunded: 4_000_000n });
    expect((await posted()) - before).toBe(payments.amount.minorUnits - 4_000_000n);
  });

  it("are refunded by somebody above, once, also when Midtrans tells of it", async () => {
    const before = await posted();
    const { id, reference } = await paid();
    const amount = { minorUnits: "2500000", currency: "IDR" };
    await payments.change("refundTopUp", { topUpId: id, amount, reason: "Paid twice" }, payments.tree.reseller);
    expect(payments.simulation.provider.transaction(reference).refunds).toMatchObject([{ refund_amount: "25000.00" }]);
    await payments.deliver(payments.simulation.provider.notification(reference));
    expect(await payments.topUp(id)).toMatchObject({ refunded: 2_500_000n });
    expect((await posted()) - before).toBe(payments.amount.minorUnits - 2_500_000n);
  });

  it("are charged back once", async () => {
    const before = await posted();
    const { id, reference } = await paid();
    await become(reference, { transaction_status: "chargeback" });
    await payments.deliver(payments.simulation.provider.notification(reference, { told: "again" }));
    expect(await payments.topUp(id)).toMatchObject({ state: "CHARGED_BACK" });
    expect((await posted()) - before).toBe(0n);
  });

  it("take nothing from the wallet for a card that was cancelled before it was credited", async () => {
    const before = await posted();
    const { id, reference } = await payments.begin();
    await become(reference, { transaction_status: "cancel", approval_code: "1578569243927" });
    expect(await payments.topUp(id)).toMatchObject({ state: "FAILED", refunded: 0n });
    expect((await posted()) - before).toBe(0n);
  });

  it("take nothing from the wallet when a second payment of the same top-up is refunded, which was never credited", async () => {
    const before = await posted();
    const { id, reference } = await payments.begin();
    payments.time = new Date(payments.time.getTime() + 23 * 3_600_000);
    await become(reference, { transaction_status: "settlement" });
    payments.simulation.provider.begun(`${reference}-2`, "100000.00");
    await become(`${reference}-2`, { transaction_status: "settlement" });
    await refundAtMidtrans(`${reference}-2`, "portal-2", 100_000);
    expect(await payments.topUp(id)).toMatchObject({ state: "SUCCEEDED", refunded: 0n });
    expect((await posted()) - before).toBe(payments.amount.minorUnits);
  });

  it("are answered within five seconds though Midtrans itself is slow to be asked, and credited by and by", async () => {
    const { id, reference } = await payments.begin();
    const webhook = payments.simulation.provider.become(reference, { transaction_status: "settlement" });
    const letGo = payments.simulation.server.holdBack();
    const since = performance.now();
    expect(await payments.deliver(webhook)).toEqual({ status: 200, body: "OK" });
    expect(performance.now() - since).toBeLessThan(5_000);
    expect(await payments.topUp(id)).toMatchObject({ state: "PENDING" });
    letGo();
    await until(async () => (await payments.topUp(id)).state === "SUCCEEDED");
  });

  it("leave a ledger that keeps its laws", async () => {
    expect(await payments.verify()).toMatchObject({ intact: true });
  });
});
