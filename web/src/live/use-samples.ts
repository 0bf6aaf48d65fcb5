import { useEffect, useEffectEvent } from "react";
import { useServices, useStore } from "../app/services-context.js";
import { useVisible } from "../components/use-visible.js";
import { VmSamplesDocument } from "../gql/graphql.js";
import { takeIn, type Usage, usageOf } from "./samples.js";

/** How many machines one subscription may name. */
const MOST_IDS = 200;

/** Keeps the usages of these machines live while the tab can be seen. `onEvent` gets what is fresh in each event. */
export function useLiveSamples(
  ids: readonly string[],
  onEvent?: (at: number, fresh: Map<string, Usage>) => void,
): void {
  const { live } = useServices();
  const visible = useVisible();
  const key = [...ids].sort().join(",");
  const deliver = useEffectEvent((at: number, fresh: Map<string, Usage>) => onEvent?.(at, fresh));
  useEffect(() => {
    if (!visible || key === "") return;
    const stops = inParts(key.split(",")).map((part) =>
      live.watch(
        VmSamplesDocument,
        () => ({ ids: part }),
        (data) => {
          const { at, fresh } = takeIn(data.vmSamples);
          if (at > 0) deliver(at, fresh);
        },
      ),
    );
    return () => {
      for (const stop of stops) stop();
    };
  }, [live, visible, key]);
}

/** The live usage of one machine; null before the first sample of this visit. */
export function useUsage(vmId: string): Usage | null {
  return useStore(usageOf(vmId));
}

function inParts(ids: string[]): string[][] {
  const parts: string[][] = [];
  for (let first = 0; first < ids.length; first += MOST_IDS) parts.push(ids.slice(first, first + MOST_IDS));
  return parts;
}
