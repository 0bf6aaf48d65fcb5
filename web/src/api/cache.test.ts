import { describe, expect, it } from "vitest";
import { StopVmsDocument, type StopVmsMutation } from "../gql/graphql.js";
import { createCache } from "./client.js";

describe("the cache", () => {
  it("takes a machine's new state over from the outcome of an action", () => {
    const cache = createCache();
    const vm = {
      __typename: "Vm",
      id: "v1",
      state: "STOPPED",
      stateReason: null,
      stateChangedAt: "2026-11-21T10:00:00Z",
    };
    const outcomes = [{ __typename: "VmPowerOutcome", vmId: "v1", vm, problem: null }];
    // As above.
    const data = { stopVms: { __typename: "VmPowerOutcomes", outcomes } } as unknown as StopVmsMutation;
    cache.writeQuery({ query: StopVmsDocument, variables: { input: { vmIds: ["v1"], idempotencyKey: "k" } }, data });
    expect(cache.extract()["Vm:v1"]).toMatchObject({ state: "STOPPED" });
  });
});
