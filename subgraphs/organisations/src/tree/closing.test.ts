import { randomUUID } from "node:crypto";
import { until } from "@tollgate/kit/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { Forest } from "../testing/forest.js";

let forest: Forest;
let reseller = "";

beforeAll(async () => {
  forest = await Forest.start(inject("postgresUrl"));
  reseller = await forest.add({ parentId: forest.operator, kind: "RESELLER", name: "Reseller" });
});

afterAll(() => forest.stop());

beforeEach(() => {
  forest.verdict = () => null;
  forest.isBillingAway = false;
});

const customer = () => forest.add({ parentId: reseller, kind: "CUSTOMER", name: "Customer" });
const close = (organisationId: string, rest: object = {}, caller = forest.as(reseller)) =>
  forest.change(
    "closeOrganisation",
    { organisationId, reason: "It has moved on", idempotencyKey: randomUUID(), ...rest },
    caller,
  );

const closingsOf = (organisationId: string) =>
  forest.organisations.subgraph.database.system(
    "test",
    (tx) => tx.sql`select state from closing where organisation_id = ${organisationId} order by requested_at`,
  );

describe("closing an organisation", () => {
  it("is for good: nothing about it can be changed, nor anything put below it", async () => {
    const id = await customer();
    const closed = await close(id);
    expect(closed.answer).toMatchObject({ id, status: "CLOSED", statusReason: "It has moved on" });
    expect(closed.answer?.["closedAt"]).toBeTruthy();
    expect(BigInt(closed.version ?? "0")).toBeGreaterThan(0n);
    const [below] = [await forest.add({ parentId: reseller, kind: "RESELLER", name: "Closed reseller" })];
    await close(below);
    const operator = forest.as(forest.operator);
    const other = { name: "New", kind: "CUSTOMER", parentId: below, idempotencyKey: randomUUID() };
    const conflict = { code: "CONFLICT" };
    expect((await forest.change("createOrganisation", other, operator)).answer).toMatchObject(conflict);
    expect((await forest.change("renameOrganisation", { organisationId: id, name: "x" })).answer).toMatchObject(
      conflict,
    );
    expect((await forest.change("reactivateOrganisation", { organisationId: id })).answer).toMatchObject(conflict);
    const move = { organisationId: id, newParentId: forest.operator, idempotencyKey: randomUUID() };
    expect((await forest.change("moveOrganisation", move)).answer).toMatchObject(conflict);
    expect((await close(id)).answer).toMatchObject(conflict);
    await forest.organisations.subgraph.delivered();
    const [place] = await forest.follower.subgraph.database.system(
      "test",
      (tx) => tx.sql`select status from tenancy where organisation_id = ${id}`,
    );
    expect(place).toEqual({ status: "CLOSED" });
  });

  it("leaves everything as it was where billing has something against it, and may be asked again", async () => {
    const id = await customer();
    forest.verdict = () => "Its wallet holds R 5,00: refund or adjust it first.";
    const key = { idempotencyKey: randomUUID() };
    const refused = await close(id, key);
    expect(refused.answer).toMatchObject({
      code: "CONFLICT",
      message: "Its wallet holds R 5,00: refund or adjust it first.",
    });
    forest.verdict = () => null;
    expect(await close(id, key)).toEqual(refused);
    const rename = { organisationId: id, name: "Still here" };
    expect((await forest.change("renameOrganisation", rename)).answer).toMatchObject({ status: "ACTIVE" });
    expect((await close(id)).answer).toMatchObject({ status: "CLOSED" });
    expect(await closingsOf(id)).toEqual([{ state: "REFUSED" }, { state: "CLOSED" }]);
  });

  it("is refused while one below is open, upwards, for one's own, without a reason and without the permission", async () => {
    const below = await customer();
    const refusedFor = async (...given: Parameters<typeof close>) => (await close(...given)).answer;
    expect(await refusedFor(reseller, {}, forest.as(forest.operator))).toMatchObject({ code: "CONFLICT" });
    expect(await refusedFor(reseller)).toMatchObject({ reason: "NOT_BELOW" });
    expect(await refusedFor(forest.operator)).toMatchObject({ code: "NOT_FOUND" });
    expect(await refusedFor(below, { reason: " x " })).toMatchObject({ code: "INVALID_INPUT" });
    const { code } = await close(below, {}, forest.as(reseller, { permissions: ["organisation:read"] }));
    expect(code).toBe("FORBIDDEN");
    expect(await closingsOf(below)).toEqual([]);
  });

  it("goes on by itself when billing is away: its place stays as it is until the answer comes, once", async () => {
    const id = await customer();
    forest.isBillingAway = true;
    const key = { idempotencyKey: randomUUID() };
    const hurried = forest.as(reseller, {}, { deadline: Date.now() + 1_500 });
    const asked = await close(id, key, hurried);
    expect(asked).toMatchObject({ answer: null, code: "UNAVAILABLE" });
    const conflict = { code: "CONFLICT", message: "Customer is being closed." };
    expect((await close(id)).answer).toMatchObject(conflict);
    const rename = { organisationId: id, name: "Other" };
    expect((await forest.change("renameOrganisation", rename)).answer).toMatchObject(conflict);
    expect((await forest.change("suspendOrganisation", { organisationId: id, reason: "Unpaid" })).answer).toMatchObject(
      conflict,
    );
    forest.isBillingAway = false;
    await until(async () => (await closingsOf(id))[0]?.["state"] === "CLOSED", 30_000);
    expect((await close(id, key)).answer).toMatchObject({ id, status: "CLOSED" });
    expect(await closingsOf(id)).toHaveLength(1);
  });

  it("writes who wanted it and how it ended into the audit trail", async () => {
    const id = await customer();
    const sub = randomUUID();
    await close(id, {}, forest.as(reseller, { sub }));
    const document = `query ($filter: AuditFilter) { auditEntries(filter: $filter) { nodes { actorId outcome before after } } }`;
    const filter = { resourceId: id, action: ["organisation:close"] };
    const entries = async () => {
      const { data } = await forest.organisations.execute(document, { filter }, forest.as(reseller));
      return (data as { auditEntries: { nodes: object[] } }).auditEntries.nodes;
    };
    await until(async () => (await entries()).length === 2);
    expect(await entries()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ actorId: sub, after: { closing: "ASKED", reason: "It has moved on" } }),
        expect.objectContaining({ outcome: "SUCCEEDED", after: expect.objectContaining({ status: "CLOSED" }) }),
      ]),
    );
  });
});
