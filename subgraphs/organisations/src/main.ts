// The organisations subgraph as a process of its own.
import { runSubgraph } from "@tollgate/kit/serve";
import { organisationsSubgraph, tenancySourceOf } from "./index.js";

await runSubgraph({
  name: "organisations",
  variables: {},
  define: () => organisationsSubgraph(),
  tenancy: tenancySourceOf,
});
