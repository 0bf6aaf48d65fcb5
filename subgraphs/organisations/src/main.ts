// The organisations subgraph as a process of its own.
import { auditVariables, EnvironmentError, publicUrl } from "@tollgate/kit/process";
import { runSubgraph } from "@tollgate/kit/serve";
import { DEMO_REFUSED, holdsDemo, organisationsSubgraph, tenancySourceOf } from "./index.js";

await runSubgraph({
  name: "organisations",
  variables: {
    PUBLIC_URL: publicUrl.default("http://localhost:4000"),
    ...auditVariables,
  },
  rules: ({ PUBLIC_URL, TOLLGATE_DEMO }) =>
    PUBLIC_URL === undefined && TOLLGATE_DEMO !== "true" ? ["PUBLIC_URL: is needed; links to files lead there"] : [],
  define: ({ own }) =>
    organisationsSubgraph({ publicUrl: own.PUBLIC_URL, auditDirectory: own.AUDIT_DIRECTORY ?? null }),
  tenancy: tenancySourceOf,
  inspect: async (subgraph, { demo }) => {
    if (!demo && (await holdsDemo(subgraph))) throw new EnvironmentError(DEMO_REFUSED);
  },
});
