import { newEventId, type Subgraph } from "@tollgate/kit";
import type { DeliveredEvent, EventPayloads, EventSink, ProvisioningChange, VmChange } from "@tollgate/kit/protocol";
import { Dice } from "./dice.js";

type HeardType =
  | "order.placed"
  | "provisioning.cancelRequested"
  | "machines.stopRequested"
  | "machines.resumeRequested";

type Told = {
  [Type in HeardType]: { id: string; type: Type; organisationId: string; payload: EventPayloads[Type] };
}[HeardType];

interface SimulatedMachine extends Omit<VmChange, "at"> {
  /** Of its last event. */
  version: bigint;
  /** Stopped because the money ended. */
  isStoppedForMoney: boolean;
}

/** How often of a hundred times a hypervisor fails to make a machine. */
const FAILURES = 3;

/**
 * In telemetry's place: hears billing's events and answers them as telemetry does, with machines that are no more than
 * their state. Whatever it hears waits until it is asked to answer, so that answers come in the same order each time.
 */
export class SimulatedTelemetry implements EventSink {
  readonly name = "simulated telemetry";
  private waiting: Told[] = [];
  private readonly machines = new Map<string, SimulatedMachine>();

  constructor(private readonly seed: number) {}

  accepts(type: string): boolean {
    return [
      "order.placed",
      "provisioning.cancelRequested",
      "machines.stopRequested",
      "machines.resumeRequested",
    ].includes(type);
  }

  async receive(event: DeliveredEvent): Promise<void> {
    this.waiting.push(event as unknown as Told); // of an accepted type, with its payload by the catalogue
  }

  /** Answers all that was heard. @returns whether there was anything. */
  async answer(billing: Subgraph): Promise<boolean> {
    const heard = this.waiting;
    this.waiting = [];
    heard.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    // An order that was cancelled before anybody looked at it is never begun.
    const cancelled = new Set(
      heard.flatMap(({ type, payload }) => (type === "provisioning.cancelRequested" ? [payload.orderId] : [])),
    );
    for (const event of heard) {
      const isOvertaken = event.type === "order.placed" && cancelled.has(event.payload.orderId);
      if (!isOvertaken) await this.answerOne(billing, event);
    }
    return heard.length > 0;
  }

  /** Switches a machine that nobody stopped for want of money on or off. */
  async power(billing: Subgraph, organisationId: string, name: string, state: "RUNNING" | "STOPPED"): Promise<void> {
    const machine = this.find(organisationId, name);
    if (!machine || machine.isStoppedForMoney || machine.state === state) return;
    await this.tell(billing, { ...machine, state });
  }

  async delete(billing: Subgraph, organisationId: string, name: string): Promise<void> {
    const machine = this.find(organisationId, name);
    if (machine) await this.tell(billing, { ...machine, state: "DELETED" });
  }

  has(organisationId: string, name: string): boolean {
    return this.find(organisationId, name) !== undefined;
  }

  private find(organisationId: string, name: string): SimulatedMachine | undefined {
    return [...this.machines.values()].find(
      (one) => one.organisationId === organisationId && one.name === name && one.state !== "DELETED",
    );
  }

  private async answerOne(billing: Subgraph, { type, organisationId, payload }: Told): Promise<void> {
    if (type === "order.placed") return this.provision(billing, payload);
    if (type === "provisioning.cancelRequested") {
      return this.tellOrder(billing, payload, { state: "CANCELLED", vmId: null, reason: null });
    }
    const own = [...this.machines.values()].filter((one) => one.organisationId === organisationId);
    if (type === "machines.stopRequested") {
      for (const machine of own)
        if (machine.state === "RUNNING" && payload.vmIds?.includes(machine.vmId))
          await this.tell(billing, { ...machine, state: "STOPPED", isStoppedForMoney: true });
      return;
    }
    for (const machine of own)
      if (machine.isStoppedForMoney && machine.state === "STOPPED" && payload.vmIds?.includes(machine.vmId) !== false)
        await this.tell(billing, { ...machine, state: "RUNNING", isStoppedForMoney: false });
  }

  private async provision(billing: Subgraph, placed: EventPayloads["order.placed"]): Promise<void> {
    const { organisationId, vm } = placed;
    const made = [...this.machines.values()].filter((one) => one.organisationId === organisationId).length;
    const dice = new Dice(this.seed, "provisioning", organisationId, vm.name, made);
    await this.tellOrder(billing, placed, { state: "STARTED", vmId: null, reason: null });
    if (dice.chance(FAILURES)) {
      const reason = "The hypervisor has no room.";
      return this.tellOrder(billing, placed, { state: "FAILED", vmId: null, reason });
    }
    const vmId = dice.uuid();
    await this.tellOrder(billing, placed, { state: "RUNNING", vmId, reason: null });
    const { name, vcpus, memoryBytes, disks } = vm;
    const facts = { vmId, organisationId, name, vcpus, memoryBytes, disks, state: "RUNNING" as const, isCharged: true };
    await this.tell(billing, { ...facts, version: 0n, isStoppedForMoney: false });
  }

  private async tellOrder(
    billing: Subgraph,
    { orderId, organisationId }: { orderId: string; organisationId: string },
    rest: Pick<ProvisioningChange, "state" | "vmId" | "reason">,
  ): Promise<void> {
    const payload = { orderId, organisationId, at: new Date(), ...rest };
    const about = { type: "provisioning.changed", aggregateId: orderId, aggregateVersion: 1n, organisationId };
    await billing.inbox.receive({ ...about, id: newEventId(), occurredAt: new Date(), payload, sealed: null });
  }

  private async tell(billing: Subgraph, machine: SimulatedMachine): Promise<void> {
    const changed = { ...machine, version: machine.version + 1n };
    this.machines.set(machine.vmId, changed);
    const { version: aggregateVersion, isStoppedForMoney: _, ...state } = changed;
    const { vmId: aggregateId, organisationId } = state;
    const payload: VmChange = { ...state, at: new Date() };
    const about = { type: "vm.changed", aggregateId, aggregateVersion, organisationId };
    await billing.inbox.receive({ ...about, id: newEventId(), occurredAt: new Date(), payload, sealed: null });
  }
}

/** By organisation, then what was asked first: ids of events count up. */
const keyOf = ({ organisationId, id }: Told): string => `${organisationId} ${id}`;
