// The organisations subgraph as a process of its own.
import { EnvironmentError } from "@tollgate/kit/process";
import { runSubgraph } from "@tollgate/kit/serve";
import { DEMO_REFUSED, holdsDemo, organisationsSubgraph, tenancySourceOf } from "./index.js";

await runSubgraph({
  name: "organisations",
  variables: {},
  define: () => organisationsSubgraph(),
  tenancy: tenancySourceOf,
  inspect: async (subgraph, { demo }) => {
    if (!demo && (await holdsDemo(subgraph))) throw new EnvironmentError(DEMO_REFUSED);
  },
});
