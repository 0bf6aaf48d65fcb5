import { PersonalData } from "@tollgate/kit";

/** What telemetry keeps of people: nothing. Who switched a machine stands in the audit trail. */
export const telemetryPersonalData = new PersonalData({
  vm: {
    erase: "KEEP",
    keeps: { addresses: "network addresses of a machine, which belong to its organisation" },
  },
  vm_health: { none: "health of machines" },
  vm_latest: { none: "samples of machines" },
  sample: { none: "samples of machines" },
  rollup_five_minutes: { none: "samples of machines" },
  rollup_one_hour: { none: "samples of machines" },
  rollup_level: { none: "how far samples are rolled up" },
  rollup_mark: { none: "what is rolled up anew" },
  turn: { none: "work by the clock" },
  provisioning: { none: "orders on their way to a machine" },
  hypervisor_room: { none: "a lock" },
  simulated_machine: { none: "machines of the simulated hypervisor" },
  organisation_funds: { none: "whether an organisation's money has run out" },
  power_request: { none: "digests and ids, forgotten after 30 days" },
});
