import { describe, expect, it } from "vitest";
import { StartTopUpDocument, type StartTopUpMutation, StopVmsDocument, type StopVmsMutation } from "../gql/graphql.js";
import { createCache } from "./client.js";

const money = (formatted: string) => ({ __typename: "Money", formatted });

describe("the cache", () => {
  it("keeps what a problem says, by its own type and as a problem", () => {
    const cache = createCache();
    const startTopUp = {
      __typename: "AmountLimitProblem",
      code: "INVALID_INPUT",
      message: "Too little.",
      minimum: money("5000"),
      maximum: money("50000000"),
    };
    // The answer as the server sends it, with the type names that the documents' types leave out.
    const data = { startTopUp } as unknown as StartTopUpMutation;
    const variables = {
      input: {
        walletId: "w",
        amount: { minorUnits: "1", currency: "ZAR" },
        provider: "MANUAL" as const,
        idempotencyKey: "k",
      },
    };
    cache.write({ dataId: "ROOT_MUTATION", query: StartTopUpDocument, variables, result: data });
    expect(Object.values(cache.extract()["ROOT_MUTATION"] ?? {})).toContainEqual(
      expect.objectContaining({ message: "Too little.", minimum: money("5000") }),
    );
  });

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
