// The telemetry subgraph as a process of its own.
import { remotePowerFunds } from "@tollgate/kit/net";
import { wholeNumber } from "@tollgate/kit/process";
import { runSubgraph } from "@tollgate/kit/serve";
import { telemetrySubgraph } from "./index.js";

await runSubgraph({
  name: "telemetry",
  variables: {
    TELEMETRY_SAMPLE_SECONDS: wholeNumber(1, 300, 5),
    TELEMETRY_HOST_SECONDS: wholeNumber(1, 300, 2),
  },
  define: ({ own, demo }, others) =>
    telemetrySubgraph({
      sampleSeconds: own.TELEMETRY_SAMPLE_SECONDS,
      hostSeconds: own.TELEMETRY_HOST_SECONDS,
      simulate: demo,
      host: true,
      funds: remotePowerFunds(others.billing),
    }),
});
