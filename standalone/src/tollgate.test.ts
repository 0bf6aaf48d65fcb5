import { until } from "@tollgate/kit/testing";
import { createClient } from "graphql-ws";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { WebSocket } from "ws";
import { type Person, TestTollgate } from "./testing/tollgate.js";

let tollgate: TestTollgate;
let operator: Person;
let reseller: Person;
let customer: Person;
let stranger: Person;

beforeAll(async () => {
  tollgate = await TestTollgate.start(inject("postgresUrl"));
  [operator, reseller, customer, stranger] = [
    await tollgate.signIn("operator"),
    await tollgate.signIn("reseller"),
    await tollgate.signIn("customer"),
    await tollgate.signIn("clinics"),
  ];
});
afterAll(() => tollgate.stop());

/** Results of a subscription, as they come. */
const subscribe = (person: Person, query: string, variables: Record<string, unknown> = {}) => {
  const client = createClient({
    url: `${person.url.replace("http", "ws")}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${person.token}` },
    retryAttempts: 0,
  });
  // biome-ignore lint/suspicious/noExplicitAny: tests look into results of any shape.
  const results = client.iterate<any>({ query, variables });
  return { next: async () => (await results.next()).value, end: async () => client.dispose() };
};

describe("one graph over five subgraphs", () => {
  it("answers in one query what all five own", async () => {
    const { data, errors } = await customer.ask(`{
      me { displayName organisation { name wallet { available { minorUnits formatted } } fleet { machines running }
        vms(first: 1) { nodes { name hourlyCost { minorUnits } organisation { name } } } }
        notifications(first: 5) { unreadCount nodes { title } } } }`);
    expect(errors).toBeUndefined();
    expect(data.me).toMatchObject({ displayName: "Springbok Foods desk", organisation: { name: "Springbok Foods" } });
    expect(data.me.organisation.fleet.machines).toBeGreaterThan(2);
    expect(Number(data.me.organisation.vms.nodes[0].hourlyCost.minorUnits)).toBeGreaterThan(0);
    expect(data.me.notifications.nodes.map((node: { title: string }) => node.title)).toContain("Welcome to Tollgate");
  });

  it("streams live samples of the computer it runs on, each with its organisation from another subgraph", async () => {
    const { data } = await operator.ask(
      '{ vms(first: 100, filter: { search: "" }) { nodes { id organisation { kind } image } } }',
    );
    const host = data.vms.nodes.find((vm: { organisation: { kind: string } }) => vm.organisation.kind === "INTERNAL");
    const live = subscribe(
      operator,
      "subscription ($ids: [ID!]) { vmSamples(ids: $ids) { at cpuPercent memoryTotalBytes vm { name organisation { name } } } }",
      { ids: [host.id] },
    );
    const [first, second] = [await live.next(), await live.next()];
    await live.end();
    expect(first.errors).toBeUndefined();
    expect(BigInt(second.data.vmSamples[0].memoryTotalBytes)).toBeGreaterThan(2n ** 28n);
    expect(second.data.vmSamples[0].vm.organisation.name).toBe("Tollgate Operations");
  });

  it("streams a simulated machine's samples with its cost from billing", async () => {
    const live = subscribe(customer, "subscription { vmSamples { cpuPercent vm { name hourlyCost { formatted } } } }");
    const { data, errors } = await live.next();
    await live.end();
    expect(errors).toBeUndefined();
    expect(data.vmSamples.length).toBeGreaterThan(2);
    for (const sample of data.vmSamples) expect(sample.vm.hourlyCost.formatted).toMatch(/R/);
  });
});

describe("another organisation's things", () => {
  const foreign = async () => {
    const { data } = await customer.ask(
      "{ organisation { id } vms(first: 1) { nodes { id } } wallets { nodes { id } } }",
    );
    return { organisation: data.organisation.id, vm: data.vms.nodes[0].id, wallet: data.wallets.nodes[0].id };
  };

  it("are NOT_FOUND when asked for by id, and the attempt enters the audit trail of whoever tried", async () => {
    const ids = await foreign();
    const { data, errors } = await stranger.ask(
      "query ($vm: ID!, $wallet: ID!, $organisation: ID!) { vm(id: $vm) { name } wallet(id: $wallet) { available { formatted } } organisation(id: $organisation) { name } }",
      ids,
    );
    expect(data).toEqual({ vm: null, wallet: null, organisation: null });
    expect(errors?.map((error) => error.extensions["code"])).toEqual(["NOT_FOUND", "NOT_FOUND", "NOT_FOUND"]);
    const live = subscribe(stranger, "subscription ($ids: [ID!]) { vmSamples(ids: $ids) { cpuPercent } }", {
      ids: [ids.vm],
    });
    const refused = await live.next();
    await live.end();
    expect(refused.errors?.[0]?.extensions?.code).toBe("NOT_FOUND");
    const trail =
      "{ auditEntries(first: 20, filter: { outcome: [REFUSED] }) { nodes { resourceId problem organisation { name } } } }";
    await until(async () => {
      const entries: { resourceId: string }[] = (await stranger.ask(trail)).data.auditEntries.nodes;
      return Object.values(ids).every((id) => entries.some((entry) => entry.resourceId === id));
    });
    const seen = (await customer.ask(trail)).data.auditEntries.nodes as { organisation: { name: string } }[];
    expect(seen.filter((entry) => entry.organisation.name !== "Springbok Foods")).toEqual([]);
  });

  it("do not show through lists, narrowing or ids of organisations", async () => {
    const { organisation } = await foreign();
    const lists = await stranger.ask(
      "{ vms(first: 100) { nodes { organisation { name } } } wallets(first: 100) { nodes { organisation { name } } } }",
    );
    const names = [...lists.data.vms.nodes, ...lists.data.wallets.nodes].map((node) => node.organisation.name);
    expect(new Set(names)).toEqual(new Set(["Jacaranda Clinics"]));
    const filtered = await stranger.ask("query ($id: ID!) { vms(filter: { organisationId: $id }) { nodes { id } } }", {
      id: organisation,
    });
    expect(filtered.errors?.[0]?.extensions["code"]).toBe("NOT_FOUND");
    const narrowed = await stranger.ask("{ vms { nodes { id } } }", {}, { "x-organisation-id": organisation });
    expect(narrowed.errors?.[0]?.extensions["code"]).toBe("FORBIDDEN");
  });

  it("are there for the estate above, which may narrow to one of them", async () => {
    const { organisation, vm } = await foreign();
    const seen = await reseller.ask("query ($vm: ID!) { vm(id: $vm) { name } }", { vm });
    expect(seen.data.vm.name).toBeTruthy();
    const all = (await reseller.ask("{ vms { totalCount } }")).data.vms.totalCount;
    const one = (
      await reseller.ask("{ vms { totalCount } organisation { name } }", {}, { "x-organisation-id": organisation })
    ).data;
    expect(one.organisation.name).toBe("Springbok Foods");
    expect(one.vms.totalCount).toBeLessThan(all);
  });
});

describe("a suspended organisation", () => {
  it("keeps reading while its machines stop, its people are told, and all comes back", async () => {
    const own = await customer.ask("{ organisation { id } vms(filter: { state: [RUNNING] }) { totalCount } }");
    const { id } = own.data.organisation;
    const running = own.data.vms.totalCount;
    const states = subscribe(customer, "subscription { vmStateChanged { from to vm { name } } }");
    const firstChange = states.next();
    const result = await reseller.ask(
      `mutation ($id: ID!) { suspendOrganisation(input: { organisationId: $id, reason: "Invoices are unpaid" }) {
        ... on Organisation { status vms(filter: { state: [SUSPENDED] }) { totalCount } } ... on Problem { code message } } }`,
      { id },
    );
    // In the same operation: the other subgraphs have caught up with the tree before they answer.
    expect(result.data.suspendOrganisation).toEqual({ status: "SUSPENDED", vms: { totalCount: running } });
    expect((await firstChange).data.vmStateChanged).toMatchObject({ from: "RUNNING", to: "SUSPENDED" });
    await states.end();
    const after = await customer.ask(
      "{ organisation { status statusReason wallet { available { formatted } } } vms(filter: { state: [SUSPENDED] }) { totalCount } }",
    );
    expect(after.data.organisation).toMatchObject({ status: "SUSPENDED", statusReason: "Invoices are unpaid" });
    expect(after.data.organisation.wallet.available.formatted).toMatch(/R/);
    const told = "{ me { notifications(first: 20) { nodes { kind severity title } } } }";
    await until(async () => JSON.stringify((await customer.ask(told)).data).includes('"severity":"WARNING"'));
    await reseller.ask(
      "mutation ($id: ID!) { reactivateOrganisation(input: { organisationId: $id }) { ... on Organisation { status } } }",
      { id },
    );
    await until(
      async () =>
        (await customer.ask("{ vms(filter: { state: [RUNNING] }) { totalCount } }")).data.vms.totalCount === running,
    );
  });
});

describe("a session", () => {
  it("that signs out is refused within a second, its live streams included", async () => {
    const leaving = await tollgate.signIn("viewer");
    const live = subscribe(leaving, "subscription { fleetPulse { at } }");
    await live.next();
    await leaving.ask("mutation { signOut { ... on SessionsEnded { count } } }");
    const started = Date.now();
    await expect(async () => {
      for (;;) await live.next();
    }).rejects.toMatchObject({ code: 4403 });
    await until(async () => (await leaving.ask("{ me { id } }")).errors?.[0]?.extensions["code"] === "UNAUTHENTICATED");
    expect(Date.now() - started).toBeLessThan(2_000);
  });

  it("reads the mailbox's code and the keys' public halves only from where they belong", async () => {
    const keys = await (await fetch(`${tollgate.url}/.well-known/jwks.json`)).json();
    expect(JSON.stringify(keys)).not.toMatch(/"(d|p|q)":/);
    expect((await fetch(`${tollgate.url}/health/ready`)).status).toBe(200);
  });
});
