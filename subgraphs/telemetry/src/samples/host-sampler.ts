import type { SubgraphKit, Worker } from "@tollgate/kit";
import { measure } from "../adapters/host/rates.js";
import type { Host, HostReading } from "../adapters/host/reading.js";
import { registerHost } from "../machines/host.js";
import type { SampleIntake } from "./intake.js";
import { byTheClock } from "./sampler.js";

/** Puts the computer that this process runs on into the inventory and samples it. */
export const hostSampler = (
  kit: SubgraphKit,
  host: Host,
  intake: SampleIntake,
  seconds: number,
  clock: () => Date,
): Worker => {
  let vmId: string | null = null;
  let before: HostReading | null = null;
  const register = async () => {
    const identity = await host.identify();
    const known = await kit.database.system("host-sampler", (tx) => registerHost(tx, identity, clock()));
    if (known) vmId = identity.id;
    kit.wakeRelay();
  };
  return byTheClock(kit, "host-sampler", seconds, clock, async (at) => {
    if (vmId === null) await register();
    const now = await host.read();
    const measured = measure(before, now);
    const isFirst = before === null;
    before = now;
    // The first reading has no rates yet; the next one comes in a moment.
    if (vmId !== null && !isFirst)
      await intake.take("host-sampler", [{ ...measured, vmId, at, intervalSeconds: seconds }]);
  });
};
