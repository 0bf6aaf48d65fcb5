import { randomUUID } from "node:crypto";
import { requestCaller, TestSubgraph, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { billingSubgraph, demoPriceList, seedBilling } from "../index.js";
import { followVm } from "../machines/machines.js";
import { system, vmChanged } from "../testing/arrange.js";
import { TestClock } from "../testing/orders.js";

const clock = new TestClock();
const tree = testTree();
let billing: TestSubgraph;

beforeAll(async () => {
  billing = await TestSubgraph.start(inject("postgresUrl"), billingSubgraph({ clock: clock.now }), tree.source);
  const priceLists = [demoPriceList(randomUUID(), tree.operator, new Date("2026-01-01T00:00:00Z"))];
  await seedBilling(billing.subgraph, { priceLists, credits: [] });
});

afterAll(() => billing.stop());

const PERMISSIONS = ["price:read", "price:manage", "quote:read", "catalogue:read"];
const caller = (org: string, kind: "INTERNAL" | "RESELLER" | "CUSTOMER" = "RESELLER", permissions = PERMISSIONS) =>
  requestCaller({ org, kind, permissions }, { deadline: Date.now() + 120_000 });
const operator = () => caller(tree.operator, "INTERNAL");
const reseller = () => caller(tree.reseller);
const customer = () => caller(tree.customer, "CUSTOMER");

interface Result {
  __typename: string;
  id: string;
  state: string;
  version: number;
  effectiveFrom: string | null;
  rates: { resource: string; code: string | null; amount: { minorUnits: string }; inherited: boolean }[];
  volumeTiers: { discountBasisPoints: number }[];
  code?: string;
  reason?: string;
  conflictingId?: string | null;
  fields?: { path: string[]; reason: string }[];
}

const LIST = `id state version effectiveFrom rates { resource code amount { minorUnits } perHours inherited }
  volumeTiers { from { minorUnits } discountBasisPoints }`;

const change = async (name: string, input: object, as: ReturnType<typeof caller>): Promise<Result> => {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const document = `mutation ($input: ${type}!) { result: ${name}(input: $input) { __typename ... on PriceList { ${LIST} }
    ... on ForbiddenProblem { reason } ... on ConflictProblem { conflictingId }
    ... on InvalidInputProblem { fields { path reason } } ... on Problem { code } } }`;
  const { data, errors } = await billing.execute(document, { input }, as);
  if (errors) throw new Error(JSON.stringify(errors));
  return (data as { result: Result }).result; // as the document asks for it
};

const draft = (rest: object = {}, as = reseller()): Promise<Result> => {
  const input = { organisationId: tree.customer, name: "Next", currency: "ZAR", idempotencyKey: randomUUID() };
  return change("createPriceList", { ...input, ...rest }, as);
};

const publish = (id: string, effectiveFrom: Date, as = reseller(), idempotencyKey: string = randomUUID()) =>
  change("publishPriceList", { priceListId: id, effectiveFrom: effectiveFrom.toISOString(), idempotencyKey }, as);

const vcpu = (minorUnits: string, rest: object = {}) => ({
  resource: "VCPU",
  amount: { minorUnits, currency: "ZAR" },
  perHours: 720,
  ...rest,
});

const monthly = async (as: ReturnType<typeof caller>): Promise<string | null> => {
  const { data } = await billing.execute("{ vmTemplates { monthly { minorUnits } } }", {}, as);
  return (
    (data as { vmTemplates: { monthly: { minorUnits: string } | null }[] }).vmTemplates[0]?.monthly?.minorUnits ?? null
  ); // as the document asks for it
};

const inHours = (hours: number): Date => new Date(clock.now().getTime() + hours * 3_600_000);

describe("a draft", () => {
  it("begins with another list's rates, changes, and counts for nobody before it is published and its day has come", async () => {
    const { data } = await billing.execute("{ priceLists { id } }", {}, operator());
    const [standard] = (data as { priceLists: { id: string }[] }).priceLists; // as the document asks for it
    const made = await draft({ copyOf: standard?.id, rates: [vcpu("7000")] });
    expect(made).toMatchObject({ __typename: "PriceList", state: "DRAFT", version: 1, effectiveFrom: null });
    expect(made.rates.filter(({ resource }) => resource === "VCPU")).toMatchObject([
      { amount: { minorUnits: "7000" } },
    ]);
    expect(made.rates).toHaveLength(7);
    expect(made.volumeTiers.map(({ discountBasisPoints }) => discountBasisPoints)).toEqual([500, 1_000, 1_500]);
    const changed = await change(
      "updatePriceList",
      { priceListId: made.id, rates: [vcpu("8000")], markupBasisPoints: 1_000 },
      reseller(),
    );
    expect(changed.rates.filter(({ inherited }) => !inherited)).toMatchObject([{ resource: "VCPU" }]);
    expect(await monthly(customer())).toBe("15000");
    const published = await publish(made.id, inHours(2));
    expect(published).toMatchObject({ state: "PUBLISHED", effectiveFrom: inHours(2).toISOString() });
    expect(await monthly(customer())).toBe("15000");
    clock.forward(120);
    expect(await monthly(customer())).toBe("17900"); // 8000 + (5000 + 4000) with 10 %
    expect(await monthly(reseller())).toBe("15000");
  });

  it("is followed by further ones; a published list does not change, and none begins before one that was published", async () => {
    const [first, second] = [await draft({ name: "first" }), await draft({ name: "second" })];
    expect(second.version).toBe(first.version + 1);
    expect((await publish(first.id, inHours(10))).state).toBe("PUBLISHED");
    expect(await publish(second.id, inHours(5))).toMatchObject({ code: "CONFLICT", conflictingId: first.id });
    expect((await publish(second.id, inHours(20))).state).toBe("PUBLISHED");
    for (const again of [
      publish(first.id, inHours(30)),
      change("updatePriceList", { priceListId: first.id, name: "other" }, reseller()),
    ]) {
      expect(await again).toMatchObject({ code: "CONFLICT", conflictingId: first.id });
    }
  });

  it("begins now where it was meant to a moment ago, and never earlier", async () => {
    const made = await draft({ organisationId: tree.sibling });
    expect((await publish(made.id, inHours(-1))).fields).toEqual([{ path: ["effectiveFrom"], reason: "PAST" }]);
    const published = await publish(made.id, inHours(-1 / 60));
    expect(published.effectiveFrom).toBe(clock.now().toISOString());
  });

  it("is made and published once per key", async () => {
    const idempotencyKey = randomUUID();
    const made = await draft({ organisationId: tree.sibling, idempotencyKey });
    expect((await draft({ organisationId: tree.sibling, idempotencyKey })).id).toBe(made.id);
    expect((await draft({ organisationId: tree.sibling, idempotencyKey, name: "Other" })).code).toBe("CONFLICT");
    const key = randomUUID();
    for (const _ of [1, 2]) {
      expect((await publish(made.id, new Date("2026-09-01T00:00:00Z"), reseller(), key)).state).toBe("PUBLISHED");
    }
  });
});

describe("whoever sets prices", () => {
  it("is above the one who pays; only the operator writes its own list", async () => {
    expect(await draft({ organisationId: tree.reseller })).toMatchObject({ code: "FORBIDDEN", reason: "NOT_BELOW" });
    expect(await draft({ organisationId: null })).toMatchObject({ code: "FORBIDDEN", reason: "NOT_BELOW" });
    for (const organisationId of [tree.otherCustomer, tree.operator, tree.otherReseller, randomUUID(), "none"]) {
      expect((await draft({ organisationId })).code).toBe("NOT_FOUND");
    }
    const own = await draft({ organisationId: null }, operator());
    expect(own.state).toBe("DRAFT");
    const forReseller = await draft({ organisationId: tree.reseller, markupBasisPoints: -500 }, operator());
    expect((await publish(forReseller.id, inHours(1))).code).toBe("NOT_FOUND");
    expect((await publish(forReseller.id, inHours(1), operator())).state).toBe("PUBLISHED");
    const attempt = change("updatePriceList", { priceListId: forReseller.id, name: "mine" }, reseller());
    expect(await attempt).toMatchObject({ code: "FORBIDDEN", reason: "NOT_BELOW" });
  });

  it("does not tell it to the one who will pay before it is published", async () => {
    const made = await draft();
    const names = async (as: ReturnType<typeof caller>) => {
      const { data } = await billing.execute("{ priceLists(state: [DRAFT]) { id } }", {}, as);
      return (data as { priceLists: { id: string }[] }).priceLists.map(({ id }) => id); // as the document asks for it
    };
    expect(await names(reseller())).toContain(made.id);
    expect(await names(customer())).not.toContain(made.id);
    const { errors } = await billing.execute(
      "query ($id: ID!) { priceList(id: $id) { id } }",
      made as never,
      customer(),
    );
    expect(errors?.[0]?.extensions?.["code"]).toBe("NOT_FOUND");
    expect(
      (await draft({ copyOf: made.id, organisationId: tree.otherCustomer }, caller(tree.otherReseller))).code,
    ).toBe("NOT_FOUND");
  });

  it("is told of everything that is refused, field by field", async () => {
    const refused = await draft({
      name: " ",
      markupBasisPoints: -10_001,
      rates: [
        vcpu("-1"),
        vcpu("1", { perHours: 0 }),
        { resource: "LICENCE", amount: { minorUnits: "1", currency: "USD" } },
        vcpu("1", { resource: "MEMORY", code: "a" }),
      ],
      volumeTiers: [{ from: { minorUnits: "0", currency: "ZAR" }, discountBasisPoints: 10_001 }],
    });
    expect(refused.fields?.map(({ path, reason }) => `${path.join(".")} ${reason}`)).toEqual([
      "name LENGTH",
      "rates.0.amount.minorUnits OUT_OF_RANGE",
      "rates.1.perHours OUT_OF_RANGE",
      "rates.1 DUPLICATE",
      "rates.2.amount.currency OTHER_CURRENCY",
      "rates.2.code MALFORMED",
      "rates.3.code NOT_ALLOWED",
      "volumeTiers.0.discountBasisPoints OUT_OF_RANGE",
      "markupBasisPoints OUT_OF_RANGE",
    ]);
    expect((await draft({ currency: "XXX" }).catch((error: Error) => error.message)) as unknown).toMatch(
      /XXX|currency/i,
    );
  });

  it("cannot make free of charge what machines use", async () => {
    const organisationId = tree.otherCustomer;
    await system(billing.subgraph, (tx) => followVm(tx, vmChanged({ organisationId })));
    const empty = await draft({ organisationId: null }, operator());
    const refused = await publish(empty.id, inHours(1), operator());
    expect(refused.fields).toEqual([{ path: ["priceListId"], reason: "IN_USE" }]);
    expect(await monthly(caller(organisationId, "CUSTOMER"))).toBe("15000");
  });
});
