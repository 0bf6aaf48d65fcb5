import { useApolloClient } from "@apollo/client/react";
import { useState } from "react";
import { useMay } from "../app/services-context.js";
import { useVisible } from "../components/use-visible.js";
import { FleetPulseDocument, type FleetTotalsFragment } from "../gql/graphql.js";
import { pulseBuffer } from "../live/pulse.js";
import { useLive } from "../live/use-live.js";

/** The fleet's totals: as loaded, then live. Each pulse also becomes a point of the pulse chart. */
export function useFleet(loaded: FleetTotalsFragment | null): FleetTotalsFragment | null {
  const client = useApolloClient();
  const visible = useVisible();
  const mayReadMachines = useMay("vm:read");
  const [machines, setMachines] = useState<number | null>(null);
  const [live, setLive] = useState<FleetTotalsFragment | null>(null);

  useLive(FleetPulseDocument, {}, visible && mayReadMachines, ({ fleetPulse: { at, fleet } }) => {
    setLive(fleet);
    pulseBuffer().push(Date.parse(at) / 1000, [fleet.cpuAverage, fleet.memoryAverage]);
    if (machines !== null && machines !== fleet.machines) {
      // A machine came or went: what lists machines is out of date.
      client.refetchQueries({ include: ["BusiestMachines", "TopConsumers"] }).catch(() => undefined);
    }
    setMachines(fleet.machines);
  });
  return live ?? loaded;
}
