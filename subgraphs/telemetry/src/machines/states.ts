import { newEventId, type Tx } from "@tollgate/kit";
import { type EventPayloads, encode } from "@tollgate/kit/protocol";
import { inArray } from "drizzle-orm";
import { type Machine, machineOf, type VmState } from "./machine.js";
import { vm } from "./machine.schema.js";

/** The live topic of all machines' states; readers pick what lies in their estate. */
export const STATES_TOPIC = "vm-states";

/** One change of a machine's state, as it is streamed. */
export interface StateChange {
  vmId: string;
  /** Null for a new machine. */
  from: VmState | null;
  to: VmState;
  reason: string | null;
  at: Date;
}

const vmChange = (machine: Machine, at: Date): EventPayloads["vm.changed"] => ({
  vmId: machine.id,
  organisationId: machine.organisationId,
  name: machine.name,
  state: machine.state,
  vcpus: machine.vcpus,
  memoryBytes: machine.memoryBytes,
  disks: machine.disks,
  isCharged: !machine.isHost,
  at,
});

interface Announcement {
  type: string;
  topic: string | null;
  machine: Machine;
  payload: unknown;
}

/** Many events in one statement: a suspended estate may have a thousand machines. */
const announceAll = async (tx: Tx, events: readonly Announcement[]): Promise<void> => {
  if (events.length === 0) return;
  // Taken in one order everywhere, so that two transactions never wait for each other's aggregates.
  const sorted = [...events].sort((a, b) => (a.machine.id < b.machine.id ? -1 : a.machine.id > b.machine.id ? 1 : 0));
  await tx.sql`
    select emit(e.id, e.type, e.aggregate, e.organisation, e.payload::jsonb, null, e.topic, now())
      from unnest(${sorted.map(() => newEventId())}::uuid[], ${sorted.map((e) => e.type)}::text[],
        ${sorted.map((e) => e.machine.id)}::uuid[], ${sorted.map((e) => e.machine.organisationId)}::uuid[],
        ${sorted.map((e) => encode(e.payload))}::text[], ${sorted.map((e) => e.topic)}::text[])
        with ordinality as e(id, type, aggregate, organisation, payload, topic, position)
     order by e.position`;
};

/**
 * Tells billing and whoever watches. `changes` are those of state; a machine without one changed its size or name.
 * @param at when, by our clock: billing charges from then on.
 */
export const announceMachines = async (
  tx: Tx,
  machines: readonly Machine[],
  changes: ReadonlyMap<string, StateChange>,
  at: Date,
): Promise<void> => {
  const events = machines.flatMap((machine): Announcement[] => {
    const changed: Announcement = { type: "vm.changed", topic: null, machine, payload: vmChange(machine, at) };
    const change = changes.get(machine.id);
    if (!change) return [changed];
    return [changed, { type: "vm.stateChanged", topic: STATES_TOPIC, machine, payload: change }];
  });
  await announceAll(tx, events);
};

/** What a suspended machine waits for: its organisation, or money. */
export type SuspendedFor = "ORGANISATION" | "FUNDS";

export interface Transition {
  to: VmState;
  reason: string | null;
  /** Why, for SUSPENDED alone. */
  suspendedFor?: SuspendedFor;
  at: Date;
}

/**
 * Brings machines into a state and tells everybody; those that are in it already, or gone for good, stay as they are.
 * The rows are locked in one order.
 * @returns the machines that changed.
 */
export const changeState = async (tx: Tx, vmIds: readonly string[], transition: Transition): Promise<Machine[]> => {
  if (vmIds.length === 0) return [];
  const { to, reason, at } = transition;
  const before = await tx.db
    .select({ id: vm.id, state: vm.state })
    .from(vm)
    .where(inArray(vm.id, [...vmIds]))
    .orderBy(vm.id)
    .for("update");
  const from = new Map(
    before.filter(({ state }) => state !== to && state !== "DELETED").map(({ id, state }) => [id, state]),
  );
  if (from.size === 0) return [];
  const rows = await tx.db
    .update(vm)
    .set({
      state: to,
      stateReason: reason,
      stateChangedAt: at,
      suspendedFor: to === "SUSPENDED" ? (transition.suspendedFor ?? "ORGANISATION") : null,
      ...(to === "RUNNING" ? { startedAt: at } : {}),
      ...(to === "DELETED" ? { deletedAt: at } : {}),
    })
    .where(inArray(vm.id, [...from.keys()]))
    .returning();
  const machines = rows.map(machineOf);
  // The states before come from the same column, which a law checks.
  const change = ({ id }: Machine): StateChange => ({ vmId: id, from: from.get(id) as VmState, to, reason, at });
  await announceMachines(tx, machines, new Map(machines.map((machine) => [machine.id, change(machine)])), at);
  return machines;
};
