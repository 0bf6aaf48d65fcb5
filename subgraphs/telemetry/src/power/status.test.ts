import { randomUUID } from "node:crypto";
import { requestCaller, type TestSubgraph, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { addMachines, ask, machine, startTelemetry, tellTree } from "../testing/fixtures.js";

const tree = testTree();
let telemetry: TestSubgraph;

beforeAll(async () => {
  telemetry = await startTelemetry(inject("postgresUrl"), tree, {}, []);
});
afterAll(() => telemetry.stop());

const reasons = async (verb: "startVms" | "stopVms" | "deleteVms", vmIds: string[], org: string) => {
  const input = `${verb[0]?.toUpperCase()}${verb.slice(1)}Input`;
  const document = `mutation ($input: ${input}!) { power: ${verb}(input: $input) { ... on VmPowerOutcomes {
    outcomes { problem { ... on ForbiddenProblem { reason } } } } } }`;
  const { power } = await ask<{ power: { outcomes: { problem: { reason: string } | null }[] } }>(
    telemetry,
    document,
    { input: { vmIds, idempotencyKey: randomUUID() } },
    requestCaller({ org, permissions: ["vm:read", "vm:power", "vm:delete"] }),
  );
  return power.outcomes.map(({ problem }) => problem?.reason ?? null);
};

it("nobody switches machines of a suspended organisation, its reseller included; they may once it is active", async () => {
  const ids = await addMachines(telemetry, [
    machine(tree.customer, { state: "STOPPED" }),
    machine(tree.customer, { state: "RUNNING" }),
  ]);
  await tellTree(telemetry, tree.setStatus(tree.customer, "SUSPENDED"));
  const suspended = ["ORGANISATION_SUSPENDED", "ORGANISATION_SUSPENDED"];
  for (const org of [tree.customer, tree.reseller]) {
    for (const verb of ["startVms", "stopVms", "deleteVms"] as const) {
      expect(await reasons(verb, ids, org)).toEqual(suspended);
    }
  }
  await tellTree(telemetry, tree.setStatus(tree.customer, "ACTIVE"));
  expect(await reasons("stopVms", ids, tree.customer)).toEqual([null, null]);
});
