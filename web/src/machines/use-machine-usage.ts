import type { MachineRowFragment } from "../gql/graphql.js";
import { toUsage, type Usage } from "../live/samples.js";
import { useUsage } from "../live/use-samples.js";

export type Machine = MachineRowFragment;

const NOTHING: Pick<Usage, "cpu" | "memory"> = { cpu: null, memory: null };

/** What a machine uses now: live once a sample came, as loaded before; nothing while it does not run. */
export function useMachineUsage(machine: Machine): Pick<Usage, "cpu" | "memory"> {
  const live = useUsage(machine.id);
  if (machine.state !== "RUNNING") return NOTHING;
  return live ?? (machine.latest ? toUsage(machine.latest) : NOTHING);
}
