import { kitTables } from "@tollgate/kit";
import { telemetry } from "./schema.js";

export { simulatedMachine } from "./adapters/simulated/hypervisor.schema.js";
export { vmHealth } from "./health/health.schema.js";
export { vm } from "./machines/machine.schema.js";
export { organisationFunds, powerRequest } from "./power/power.schema.js";
export { hypervisorRoom, provisioning } from "./provisioning/provisioning.schema.js";
export { rollupLevel, rollupMark, turn, vmLatest } from "./samples/sample.schema.js";
export { telemetry } from "./schema.js";

// The partitioned tables `sample`, `rollup_five_minutes` and `rollup_one_hour` are made by migrations of their own: the
// generator knows no partitions.
export const { tenancy, outbox, outboxAggregate, outboxLease, inbox, streamSequence, settingValue } =
  kitTables(telemetry);
