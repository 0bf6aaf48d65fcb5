// The accounts subgraph as a process of its own.
import { runSubgraph } from "@tollgate/kit/serve";
import { accountsSubgraph, identityOf } from "./index.js";

await runSubgraph({
  name: "accounts",
  variables: {},
  define: () => accountsSubgraph(),
  identity: identityOf,
});
