// The accounts subgraph as a process of its own.
import { publicUrl } from "@tollgate/kit/process";
import { runSubgraph } from "@tollgate/kit/serve";
import { accountsSubgraph, identityOf } from "./index.js";

await runSubgraph({
  name: "accounts",
  variables: { PUBLIC_URL: publicUrl.default("http://localhost:4000") },
  rules: ({ PUBLIC_URL, TOLLGATE_DEMO }) =>
    PUBLIC_URL === undefined && TOLLGATE_DEMO !== "true" ? ["PUBLIC_URL: is needed; links to files lead there"] : [],
  define: ({ own }) => accountsSubgraph({ publicUrl: own.PUBLIC_URL }),
  identity: identityOf,
});
