import { createStore, type Store } from "../app/store.js";
import { shareOf } from "../format/formats.js";
import type { VmSamplesSubscription } from "../gql/graphql.js";

type Arrived = VmSamplesSubscription["vmSamples"][number];

/** What a machine uses now, in percent; null where it was not measured. */
export interface Usage {
  at: number;
  cpu: number | null;
  memory: number | null;
}

const STALE_MS = 60_000;
const usages = new Map<string, Store<Usage | null>>();

/** The newest usage of a machine; null before a live sample came. */
export function usageOf(vmId: string): Store<Usage | null> {
  const known = usages.get(vmId);
  if (known) return known;
  const fresh = createStore<Usage | null>(null);
  usages.set(vmId, fresh);
  return fresh;
}

/** Takes in one event. Returns its moment (milliseconds since 1970) and the usages that are fresh by then. */
export function takeIn(samples: readonly Arrived[]): { at: number; fresh: Map<string, Usage> } {
  const at = samples.reduce((latest, sample) => Math.max(latest, Date.parse(sample.at)), 0);
  const fresh = new Map<string, Usage>();
  for (const sample of samples) {
    const usage = toUsage(sample);
    usageOf(sample.vm.id).set(usage);
    // A stopped machine repeats its last sample for ever: that is history, not use.
    if (at - usage.at <= STALE_MS) fresh.set(sample.vm.id, usage);
  }
  return { at, fresh };
}

/** Forgets everything, such as when another person signs in. */
export function forgetUsages(): void {
  usages.clear();
}

export function toUsage(sample: Pick<Arrived, "at" | "cpuPercent" | "memoryUsedBytes" | "memoryTotalBytes">): Usage {
  return {
    at: Date.parse(sample.at),
    cpu: sample.cpuPercent,
    memory: shareOf(sample.memoryUsedBytes, sample.memoryTotalBytes),
  };
}
