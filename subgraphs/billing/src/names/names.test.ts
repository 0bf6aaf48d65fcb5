import { callerOf, newEventId } from "@tollgate/kit";
import { requestCaller, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { partiesOf } from "../invoices/parties.js";
import { system } from "../testing/arrange.js";
import { InvoiceDesk, JULY } from "../testing/invoices.js";
import { namesOf } from "./names.js";

const HOUR = 3_600_000;
const tree = testTree();
let desk: InvoiceDesk;

beforeAll(async () => {
  desk = await InvoiceDesk.open(inject("postgresUrl"), tree);
});
afterAll(() => desk.close());

/** Organisations tells what one is called. */
const hear = (organisationId: string, name: string, version: number): Promise<unknown> => {
  const payload = { organisationId, name, version: `${version}` };
  const about = { type: "organisation.named", aggregateId: organisationId, aggregateVersion: BigInt(version) };
  const event = { id: newEventId(), organisationId, occurredAt: new Date(), payload, sealed: null, ...about };
  return desk.billing.subgraph.inbox.receive(event);
};

const sides = async () => {
  const { issuer, customer } = await system(desk.billing.subgraph, (tx) => partiesOf(tx, tree.reseller, tree.customer));
  return [issuer.name, customer.name];
};

it("documents name both sides as they are called, and as the law calls them where that is known", async () => {
  expect((await sides())[1]).toBe(`Organisation ${tree.customer.slice(0, 8)}`);
  await hear(tree.reseller, "Karoo Cloud", 1);
  await hear(tree.customer, "Rooibos", 1);
  expect(await sides()).toEqual(["Karoo Cloud", "Rooibos"]);
  await desk.setting(tree.reseller, "billing.legalName", "Karoo Cloud (Pty) Ltd");
  expect(await sides()).toEqual(["Karoo Cloud (Pty) Ltd", "Rooibos"]);
  await desk.setting(tree.reseller, "billing.legalName", " ");
  expect(await sides()).toEqual(["Karoo Cloud", "Rooibos"]);
});

it("the newest name counts, whatever comes late or twice", async () => {
  await hear(tree.customer, "Honeybush", 3);
  await hear(tree.customer, "Honeybush", 3);
  await hear(tree.customer, "Buchu", 2);
  await hear(tree.customer, "Rooibos", 1);
  expect((await sides())[1]).toBe("Honeybush");
});

it("an invoice keeps the names that it was issued with", async () => {
  await desk.credit(tree.customer, 50_000n);
  await desk.use(tree.customer, 2_000n, 300n, new Date(JULY.getTime() - HOUR));
  await desk.run();
  await hear(tree.customer, "Somebody else", 4);
  await hear(tree.reseller, "Somebody else", 2);
  const { issuer, customer } = await desk.invoiceOf(tree.customer);
  expect([issuer?.name, customer?.name]).toEqual(["Karoo Cloud", "Honeybush"]);
});

it("are seen by those below, whose documents bear them, and by nobody beside", async () => {
  await hear(tree.sibling, "Sibling", 1);
  const seenBy = async (org: string) => {
    const asked = [tree.operator, tree.reseller, tree.customer, tree.sibling];
    const names = await desk.database.read(callerOf(requestCaller({ org })), (tx) => namesOf(tx, asked));
    return [...names.values()].sort();
  };
  expect(await seenBy(tree.sibling)).toEqual(["Sibling", "Somebody else"]);
  expect(await seenBy(tree.otherCustomer)).toEqual([]);
  expect(await seenBy(tree.reseller)).toEqual(["Sibling", "Somebody else", "Somebody else"]);
});
