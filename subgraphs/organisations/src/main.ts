// The organisations subgraph as a process of its own.
import { auditVariables, EnvironmentError, operatorRule, operatorVariables, publicUrl } from "@tollgate/kit/process";
import { runSubgraph } from "@tollgate/kit/serve";
import { DEMO_REFUSED, firstOperator, holdsDemo, organisationsSubgraph, tenancySourceOf } from "./index.js";

await runSubgraph({
  name: "organisations",
  variables: {
    PUBLIC_URL: publicUrl.default("http://localhost:4000"),
    ...auditVariables,
    ...operatorVariables,
  },
  rules: (given) => [
    ...operatorRule(given),
    ...(given["PUBLIC_URL"] === undefined && given["TOLLGATE_DEMO"] !== "true"
      ? ["PUBLIC_URL: is needed; links to files lead there"]
      : []),
  ],
  define: ({ own, demo }) =>
    organisationsSubgraph({
      publicUrl: own.PUBLIC_URL,
      auditDirectory: own.AUDIT_DIRECTORY ?? null,
      begins: demo ? "with the demo" : firstOperator(own.OPERATOR_NAME, own.OPERATOR_EMAIL),
    }),
  tenancy: tenancySourceOf,
  inspect: async (subgraph, { demo }) => {
    if (!demo && (await holdsDemo(subgraph))) throw new EnvironmentError(DEMO_REFUSED);
  },
});
