import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Person, TestTollgate } from "../testing/tollgate.js";
import { seedDemo } from "./seed.js";

/** The books stand still, so that nothing is charged meanwhile. */
const NOW = new Date();
let tollgate: TestTollgate;
let operator: Person;
let freight: Person;

beforeAll(async () => {
  tollgate = await TestTollgate.start(inject("postgresUrl"), {}, () => NOW);
  [operator, freight] = [await tollgate.signIn("operator"), await tollgate.signIn("freight")];
});
afterAll(() => tollgate.stop());

const HOLDS = "holds { kind amount { minorUnits } vm { id } }";

interface Wallet {
  id: string;
  organisation: { name: string };
  held: { minorUnits: string };
  holds: { kind: string; amount: { minorUnits: string }; vm: { id: string } }[];
}

const wallets = async (): Promise<Wallet[]> => {
  const { data } = await operator.ask(
    `{ wallets(first: 100) { nodes { id organisation { name } held { minorUnits } available { minorUnits } ${HOLDS} } } }`,
  );
  return data.wallets.nodes;
};

describe("the demo", () => {
  it("has a reserve for each machine of a customer, as if it had been ordered", async () => {
    const { data } = await operator.ask("{ vms(first: 100) { nodes { id organisation { kind } } } }");
    const ids = data.vms.nodes
      .filter((vm: { organisation: { kind: string } }) => vm.organisation.kind === "CUSTOMER")
      .map((vm: { id: string }) => vm.id);
    const holds = (await wallets()).flatMap((wallet) => wallet.holds);
    expect(holds.map(({ kind }) => kind)).toEqual(ids.map(() => "MACHINE_RESERVE"));
    expect(holds.map(({ vm }) => vm.id).sort()).toEqual(ids.sort());
    // A day of small, medium, large and enterprise, with tax.
    const days = new Set(holds.map(({ amount }) => amount.minorUnits));
    expect([...days].sort()).toEqual(["1150", "2300", "4600", "575"]);
  });

  it("has a customer with R5 left: short for any machine, and soon in grace", async () => {
    const { data } = await freight.ask(
      "{ organisation { wallet { state available { minorUnits } reserved { minorUnits } runsOutAt } } vmTemplates { id name } }",
    );
    const { wallet } = data.organisation;
    expect(wallet).toMatchObject({ available: { minorUnits: "500" }, reserved: { minorUnits: "4025" } });
    const hours = (new Date(wallet.runsOutAt).getTime() - NOW.getTime()) / 3_600_000;
    expect(hours).toBeGreaterThan(2);
    expect(hours).toBeLessThan(4);
    for (const { id } of data.vmTemplates) {
      const vm = { name: "another", templateId: id, image: "Debian 13" };
      const asked = await freight.ask(
        "query ($vm: VmConfigInput!) { canProvision(input: { vm: $vm }) { allowed shortfall { minorUnits } } }",
        { vm },
      );
      expect(asked.data.canProvision.allowed).toBe(false);
      expect(Number(asked.data.canProvision.shortfall.minorUnits)).toBeGreaterThan(14_000);
    }
  });

  it("does not switch a machine on again that its customer's money would not last a day for", async () => {
    const { data } = await freight.ask("{ vms(first: 1) { nodes { id } } }");
    const power = async (mutation: "startVms" | "stopVms") => {
      const answer = await freight.ask(
        `mutation ($ids: [ID!]!, $key: String!) { ${mutation}(input: { vmIds: $ids, idempotencyKey: $key }) {
          ... on VmPowerOutcomes { outcomes { problem { code } } } ... on Problem { message } } }`,
        { ids: data.vms.nodes.map(({ id }: { id: string }) => id), key: `demo ${mutation}` },
      );
      return answer.data[mutation];
    };
    expect(await power("stopVms")).toEqual({ outcomes: [{ problem: null }] });
    await tollgate.tollgate.subgraphs.telemetry.delivered();
    expect(await power("startVms")).toEqual({ outcomes: [{ problem: { code: "INSUFFICIENT_FUNDS" } }] });
  });

  it("keeps books that are right, and loads once however often it starts", async () => {
    const before = await wallets();
    await seedDemo(tollgate.tollgate.subgraphs, () => undefined, 0);
    expect(await wallets()).toEqual(before);
    const { data } = await operator.ask(
      "mutation { verifyLedger(input: {}) { ... on LedgerVerification { intact findings { law } } ... on Problem { message } } }",
    );
    expect(data.verifyLedger).toEqual({ intact: true, findings: [] });
  });
});
