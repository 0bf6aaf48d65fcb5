// The billing subgraph as a process of its own.
import { powerFundsAnswers } from "@tollgate/kit/net";
import { publicUrl, wholeNumber } from "@tollgate/kit/process";
import { runSubgraph } from "@tollgate/kit/serve";
import { billingSubgraph, powerFundsOf } from "./index.js";

const HOUR = 3_600_000;

/** The time of the books, some hours ahead of this computer's. */
const clockAhead = (hours: number) => () => new Date(Date.now() + hours * HOUR);

await runSubgraph({
  name: "billing",
  variables: {
    PUBLIC_URL: publicUrl.default("http://localhost:4000"),
    BILLING_HOURS_AHEAD: wholeNumber(0, 100_000, 0),
  },
  rules: ({ BILLING_HOURS_AHEAD = "0", PUBLIC_URL, TOLLGATE_DEMO }) => [
    ...(BILLING_HOURS_AHEAD !== "0" && TOLLGATE_DEMO !== "true" ? ["BILLING_HOURS_AHEAD: is of the demo alone"] : []),
    ...(PUBLIC_URL === undefined && TOLLGATE_DEMO !== "true"
      ? ["PUBLIC_URL: is needed; links to files lead there"]
      : []),
  ],
  define: ({ own, demo }) =>
    billingSubgraph({
      publicUrl: own.PUBLIC_URL,
      clock: clockAhead(own.BILLING_HOURS_AHEAD),
      demoPayments: demo,
    }),
  answers: (subgraph, { own }) => powerFundsAnswers(powerFundsOf(subgraph, clockAhead(own.BILLING_HOURS_AHEAD))),
});
