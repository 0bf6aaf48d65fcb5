import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { simulatePayGate } from "../testing/paygate-server.js";
import { Payments } from "../testing/payments.js";

const MINUTES = 60_000;
const AWAY = { status: 503, contentType: "text/plain", body: "later" };

describe("top-ups through PayGate", () => {
  let payments: Payments<Awaited<ReturnType<typeof simulatePayGate>>>;

  beforeAll(async () => {
    payments = await Payments.start(inject("postgresUrl"), simulatePayGate);
  });
  afterAll(() => payments.stop());

  const posted = async () => (await payments.wallet()).posted;
  const later = (minutes: number) => {
    payments.time = new Date(payments.time.getTime() + minutes * MINUTES);
  };

  it("begin with a form for the person to post, in order, until they are paid", async () => {
    const { id, reference, sessionReference } = await payments.begin();
    expect(await payments.step(id)).toEqual({
      __typename: "FormPostStep",
      url: `${payments.simulation.server.address}/payweb3/process.trans`,
      fields: [
        { name: "PAY_REQUEST_ID", value: sessionReference },
        { name: "CHECKSUM", value: expect.stringMatching(/^[0-9a-f]{32}$/) },
      ],
    });
    await payments.deliver(payments.simulation.pay(reference));
    expect(await payments.step(id)).toBeNull();
  });

  it("are resumed with a new request after half an hour, and the older one still pays", async () => {
    const before = await posted();
    const { id, reference, sessionReference } = await payments.begin();
    later(31);
    await payments.change("payTopUp", { topUpId: id });
    const resumed = await payments.topUp(id);
    expect(resumed.sessionReference).not.toBe(sessionReference);
    await payments.deliver(payments.simulation.pay(reference));
    expect(await payments.topUp(id)).toMatchObject({ state: "SUCCEEDED" });
    expect((await posted()) - before).toBe(payments.amount.minorUnits);
  });

  it("are not credited twice when both requests are paid: the second has to go back", async () => {
    const before = await posted();
    const { id, reference } = await payments.begin();
    later(31);
    await payments.change("payTopUp", { topUpId: id });
    await payments.deliver(payments.simulation.pay(`${reference}-2`));
    payments.records.length = 0;
    await payments.deliver(payments.simulation.pay(reference));
    expect((await posted()) - before).toBe(payments.amount.minorUnits);
    await payments.recorded("security:paymentRefused");
  });

  it("keep a notification while PayGate cannot be asked, and apply it when it can", async () => {
    const before = await posted();
    const { id, reference } = await payments.begin();
    const webhook = payments.simulation.pay(reference);
    payments.simulation.server.answerWith(AWAY);
    expect((await payments.deliver(webhook)).status).toBeGreaterThanOrEqual(500);
    expect(await payments.topUp(id)).toMatchObject({ state: "PENDING" });
    payments.simulation.server.answerWith(null);
    later(11);
    await payments.runJob("ask-payment-providers");
    expect(await payments.topUp(id)).toMatchObject({ state: "SUCCEEDED" });
    expect((await posted()) - before).toBe(payments.amount.minorUnits);
  });

  it("believe PayGate's answer and not its notification: a sealed lie credits nothing", async () => {
    const before = await posted();
    const { id, reference } = await payments.begin();
    const webhook = payments.simulation.pay(reference);
    payments.simulation.provider.end(reference, { status: "2", code: "900003", description: "Insufficient funds" });
    expect(await payments.deliver(webhook)).toEqual({ status: 200, body: "OK" });
    expect(await payments.topUp(id)).toMatchObject({ state: "FAILED", failureReason: "Insufficient funds" });
    expect((await posted()) - before).toBe(0n);
  });

  it("are refunded in PayGate's portal by whoever decides so: here the money leaves the wallet, once", async () => {
    const before = await posted();
    const { id, reference } = await payments.begin();
    await payments.deliver(payments.simulation.pay(reference));
    const amount = { minorUnits: "20000", currency: "ZAR" };
    await payments.change("refundTopUp", { topUpId: id, amount, reason: "Paid twice" }, payments.tree.reseller);
    await payments.runJob("ask-payment-providers");
    expect(await payments.refunds(id)).toMatchObject([{ state: "DONE", amount: 20_000n }]);
    expect((await posted()) - before).toBe(payments.amount.minorUnits - 20_000n);
  });

  it("leave a ledger that keeps its laws", async () => {
    expect(await payments.verify()).toMatchObject({ intact: true });
  });
});
