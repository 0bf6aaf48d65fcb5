import type { ApolloCache } from "@apollo/client";
import { MachineNowFragmentDoc, type MachineSamplesSubscription } from "../gql/graphql.js";

/** Brings a machine's newest sample, state and cost into the cache, so that its facts move with it. */
export function writeSample(
  cache: ApolloCache,
  sample: MachineSamplesSubscription["vmSamples"][number],
  withCost: boolean,
): void {
  const { vm, ...latest } = sample;
  cache.writeFragment({
    id: `Vm:${vm.id}`,
    fragment: MachineNowFragmentDoc,
    variables: { withCost },
    data: {
      ...vm,
      ...{ __typename: "Vm" },
      hourlyCost: vm.hourlyCost && { ...vm.hourlyCost, ...{ __typename: "Money" } },
      latest: { ...latest, ...{ __typename: "VmSample" } },
    },
  });
}
