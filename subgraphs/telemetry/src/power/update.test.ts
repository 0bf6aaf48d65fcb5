import { randomUUID } from "node:crypto";
import { requestCaller, type TestSubgraph, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { addMachines, ask, machine, startTelemetry } from "../testing/fixtures.js";

const tree = testTree();
let telemetry: TestSubgraph;

beforeAll(async () => {
  telemetry = await startTelemetry(inject("postgresUrl"), tree);
});
afterAll(() => telemetry.stop());

const caller = (org: string) => requestCaller({ org, permissions: ["vm:read", "vm:delete", "vm:update"] });
const add = async (organisationId: string) => (await addMachines(telemetry, [machine(organisationId)]))[0] ?? "";

describe("a machine's name and labels", () => {
  const update = async (input: object, as = caller(tree.customer)) =>
    (
      await ask<{ updateVm: object }>(
        telemetry,
        "mutation ($input: UpdateVmInput!) { updateVm(input: $input) { __typename ... on Vm { name labels { key value } } ... on Problem { code } ... on InvalidInputProblem { fields { path reason } } } }",
        { input },
        as,
      )
    ).updateVm;

  it("are changed, each alone too", async () => {
    const vmId = await add(tree.customer);
    expect(await update({ vmId, name: "shop" })).toMatchObject({
      name: "shop",
      labels: [{ key: "env", value: "production" }],
    });
    expect(await update({ vmId, labels: [] })).toMatchObject({ name: "shop", labels: [] });
  });

  it("are refused when malformed, foreign or gone", async () => {
    const vmId = await add(tree.customer);
    const labels = [
      { key: "a", value: "1" },
      { key: "a", value: "2" },
    ];
    expect(await update({ vmId, name: "", labels })).toMatchObject({
      fields: [
        { path: ["name"], reason: "MALFORMED" },
        { path: ["labels"], reason: "DUPLICATE" },
      ],
    });
    expect(await update({ vmId, name: "x" }, caller(tree.sibling))).toMatchObject({ code: "NOT_FOUND" });
    expect(await update({ vmId: "none", name: "x" })).toMatchObject({ code: "NOT_FOUND" });
    await ask(
      telemetry,
      "mutation ($input: DeleteVmsInput!) { deleteVms(input: $input) { __typename } }",
      { input: { vmIds: [vmId], idempotencyKey: randomUUID() } },
      caller(tree.customer),
    );
    expect(await update({ vmId, name: "x" })).toMatchObject({
      code: "NOT_FOUND",
    });
  });
});
