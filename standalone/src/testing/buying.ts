import { randomUUID } from "node:crypto";
import { until } from "@tollgate/kit/testing";
import type { Answer, Person } from "./tollgate.js";

/** Within which an order has ended, in milliseconds, on a slow machine. */
const ORDER_ENDS = 120_000;

const QUOTE = `mutation ($input: CreateQuoteInput!) { createQuote(input: $input) {
  ... on Quote { id price { total { minorUnits } } } ... on Problem { code message } } }`;
const ISSUE = `mutation ($input: IssueQuoteInput!) { issueQuote(input: $input) { ... on Quote { id state } } }`;
const ORDER = `mutation ($input: OrderVmInput!) { orderVm(input: $input) {
  __typename ... on Order { id state } ... on Problem { code message }
  ... on InsufficientFundsProblem { available { minorUnits } needed { minorUnits } shortfall { minorUnits } } } }`;
const ORDERED = `query ($id: ID!) { order(id: $id) { state failureReason
  hold { amount { minorUnits } captured { minorUnits } state } vm { id name state order { id } }
  provisioning { state percent } } }`;
const DELETE = `mutation ($input: DeleteVmsInput!) { deleteVms(input: $input) {
  ... on VmPowerOutcomes { outcomes { problem { message } } } ... on Problem { message } } }`;

/** Somebody who orders *small* machines, and what it does to the wallet of their organisation. */
export class Buyer {
  constructor(readonly person: Person) {}

  /** Quotes a machine, freezes the price and orders it. @returns what ordering answered. */
  async order(name: string, idempotencyKey: string = randomUUID()): Promise<Answer["data"]> {
    const { data: offers } = await this.person.ask("{ vmTemplates { id name } }");
    const { id: templateId } = offers.vmTemplates.find((template: { name: string }) => template.name === "small");
    const vm = { name, templateId, image: "Debian 13" };
    const quote = { vm, interval: "MONTHLY", idempotencyKey: randomUUID() };
    const { data: quoted } = await this.person.ask(QUOTE, { input: quote });
    const quoteId = quoted.createQuote.id;
    await this.person.ask(ISSUE, { input: { quoteId, idempotencyKey: randomUUID() } });
    const { data } = await this.person.ask(ORDER, { input: { quoteId, idempotencyKey } });
    return data.orderVm;
  }

  /** The order with its hold and its machine, once it is in a state. */
  async orderIn(state: "COMPLETED" | "FAILED", id: string): Promise<Answer["data"]> {
    let order: Answer["data"];
    await until(async () => {
      order = (await this.person.ask(ORDERED, { id })).data.order;
      return order.state === state;
    }, ORDER_ENDS);
    return order;
  }

  async deleteMachine(id: string): Promise<void> {
    const { data } = await this.person.ask(DELETE, { input: { vmIds: [id], idempotencyKey: randomUUID() } });
    if (data.deleteVms.outcomes?.[0]?.problem !== null) throw new Error(JSON.stringify(data.deleteVms));
  }

  /** In cents, as if no storage were set aside: an hourly job does that whenever it comes by. */
  async funds(): Promise<{ held: number; available: number }> {
    const { data } = await this.person.ask(
      `{ organisation { wallet { held { minorUnits } available { minorUnits }
        holds { kind amount { minorUnits } captured { minorUnits } } } } }`,
    );
    const { held, available, holds } = data.organisation.wallet;
    const storage = holds
      .filter((hold: { kind: string }) => hold.kind === "STORAGE_RESERVE")
      .reduce((sum: number, { amount, captured }: Record<"amount" | "captured", { minorUnits: string }>) => {
        return sum + Number(amount.minorUnits) - Number(captured.minorUnits);
      }, 0);
    return { held: Number(held.minorUnits) - storage, available: Number(available.minorUnits) + storage };
  }
}
