import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PaymentProvider, ProviderRefusal, type RefundRequest } from "../provider.js";
import { simulateMidtrans } from "../testing/midtrans-server.js";
import { midtransAdapter } from "./midtrans.js";

const rupiah = (whole: bigint) => ({ minorUnits: whole * 100n, currency: "IDR" as const });

describe("money that goes back through Midtrans", () => {
  let simulation: Awaited<ReturnType<typeof simulateMidtrans>>;
  let provider: PaymentProvider;

  beforeAll(async () => {
    simulation = await simulateMidtrans();
    provider = midtransAdapter.connect(simulation.credentials, simulation.server.address);
  });
  afterAll(() => simulation.server.stop());

  /** A payment of 100,000 rupiah in this state. */
  const paid = async (change: Parameters<typeof simulation.provider.become>[1]): Promise<string> => {
    const reference = `TG-${randomUUID()}`;
    const [returnUrl, webhookUrl] = ["https://tollgate.example/wallet", "https://tollgate.example/payments/midtrans"];
    const payer = { description: "Top-up", returnUrl, webhookUrl, payerEmail: "payments@tollgate.example" };
    await provider.initialise({ reference, amount: rupiah(100_000n), ...payer });
    simulation.provider.become(reference, change);
    return reference;
  };
  const idOf = (reference: string) => simulation.provider.transaction(reference).transaction_id;
  const report = (reference: string) => provider.query({ reference, sessionReference: null, currency: "IDR" });
  const refund = async (reference: string, rest: Partial<RefundRequest> = {}) =>
    provider.refund?.({
      refundId: randomUUID(),
      paymentReference: idOf(reference),
      reference,
      amount: rupiah(100_000n),
      isWhole: true,
      reason: "Paid twice",
      ...rest,
    });

  it("is refunded under our id, in whole rupiah, in parts up to the whole", async () => {
    const reference = await paid({ transaction_status: "settlement" });
    const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()];
    const part = { amount: rupiah(60_000n), isWhole: false };
    expect(await refund(reference, { ...part, refundId: first })).toEqual({ refundReference: first, state: "DONE" });
    await expect(refund(reference, { ...part, refundId: second })).rejects.toThrow(/invalid amount/);
    await refund(reference, { refundId: third, amount: rupiah(40_000n), isWhole: false });
    const { refunds } = simulation.provider.transaction(reference);
    expect(refunds?.map((each) => [each.refund_key, each.refund_amount])).toEqual([
      [first, "60000.00"],
      [third, "40000.00"],
    ]);
  });

  it("goes back once when the answer to a refund was lost and it is asked for again", async () => {
    const reference = await paid({ transaction_status: "settlement" });
    const refundId = randomUUID();
    const part = { refundId, amount: rupiah(60_000n), isWhole: false };
    const first = await refund(reference, part);
    expect(await refund(reference, part)).toEqual(first);
    expect(simulation.provider.transaction(reference).refunds).toHaveLength(1);
  });

  it("goes back from the payment that was made, though the top-up has a newer request", async () => {
    const reference = await paid({ transaction_status: "settlement" });
    const newer = await paid({ transaction_status: "pending" });
    await refund(newer, { paymentReference: idOf(reference) });
    expect(simulation.provider.transaction(reference).transaction_status).toBe("refund");
    expect(simulation.provider.transaction(newer).transaction_status).toBe("pending");
  });

  it("is cancelled as a whole before it is settled, also when that is asked for twice", async () => {
    const reference = await paid({ transaction_status: "capture", approval_code: "1578569243927" });
    const first = await refund(reference);
    expect(simulation.provider.transaction(reference).transaction_status).toBe("cancel");
    expect(await refund(reference)).toEqual(first);
  });

  it("does not go back in parts before it is settled", async () => {
    const reference = await paid({ transaction_status: "capture", approval_code: "1578569243927" });
    const part = { amount: rupiah(60_000n), isWhole: false };
    await expect(refund(reference, part)).rejects.toThrow(ProviderRefusal);
    expect(simulation.provider.transaction(reference).transaction_status).toBe("capture");
  });

  it.each(["pending", "expire", "deny"])("does not go back from a payment that is %s", async (transaction_status) => {
    const reference = await paid({ transaction_status });
    await expect(refund(reference)).rejects.toThrow(ProviderRefusal);
  });

  it("is told of with every answer: ours by our id, others without", async () => {
    const reference = await paid({ transaction_status: "settlement" });
    const [refundId, paymentReference] = [randomUUID(), idOf(reference)];
    await refund(reference, { refundId, amount: rupiah(60_000n), isWhole: false });
    await refund(reference, { refundId: "portal-7", amount: rupiah(10_000n), isWhole: false });
    const { state, amount, moneyBack } = await report(reference);
    expect({ state, amount }).toEqual({ state: "PAID", amount: rupiah(100_000n) });
    expect(moneyBack).toEqual([
      { kind: "REFUND", paymentReference, refundReference: refundId, ours: refundId, amount: rupiah(60_000n) },
      { kind: "REFUND", paymentReference, refundReference: "portal-7", ours: null, amount: rupiah(10_000n) },
    ]);
  });

  it("is told of under the same reference as our own cancellation", async () => {
    const reference = await paid({ transaction_status: "capture", approval_code: "1578569243927" });
    const cancelled = await refund(reference);
    const { moneyBack } = await report(reference);
    expect(moneyBack).toMatchObject([{ kind: "REFUND", refundReference: cancelled?.refundReference, ours: null }]);
  });

  it("was never there when a payment was cancelled that no bank had approved", async () => {
    const reference = await paid({ transaction_status: "cancel" });
    expect(await report(reference)).toMatchObject({ state: "FAILED", moneyBack: [] });
  });

  it("is told of as a chargeback when the payer's bank takes it back", async () => {
    const reference = await paid({ transaction_status: "chargeback" });
    const chargeback = { kind: "CHARGEBACK", paymentReference: idOf(reference), amount: rupiah(100_000n) };
    expect(await report(reference)).toMatchObject({ state: "PAID", moneyBack: [chargeback] });
  });

  it("is told of without an amount when the bank takes a part back: Midtrans does not say which", async () => {
    const reference = await paid({ transaction_status: "partial_chargeback" });
    expect(await report(reference)).toMatchObject({ state: "PAID", moneyBack: [{ amount: null }] });
  });
});
