import type { SubgraphKit, Tx, Worker } from "@tollgate/kit";
import { Loop } from "@tollgate/kit/process";
import { and, inArray, isNotNull, notInArray, or } from "drizzle-orm";
import { type Machine, machineOf } from "../machines/machine.js";
import { vm } from "../machines/machine.schema.js";
import { changeState } from "../machines/states.js";
import type { Hypervisor, HypervisorMachine } from "./hypervisor.js";
import { provisioning } from "./provisioning.schema.js";

const EVERY_MILLISECONDS = 60_000;
const GONE = ["DELETED", "FAILED"];

type Step = "START" | "STOP" | "REBOOT" | "DESTROY";

/** What brings the hypervisor's machine to what the inventory wants; null where they agree or it is being made. */
const stepFor = (wanted: Machine, seen: HypervisorMachine): Step | null => {
  const { state, rebootRequestedAt } = wanted;
  if (GONE.includes(state)) return "DESTROY";
  if (state === "RUNNING") {
    if (seen.phase === "STOPPED") return "START";
    return rebootRequestedAt && seen.bootedAt && seen.bootedAt < rebootRequestedAt ? "REBOOT" : null;
  }
  const shallBeOff = state === "STOPPED" || state === "SUSPENDED";
  return shallBeOff && seen.phase === "RUNNING" ? "STOP" : null;
};

/**
 * Brings the hypervisor to what the inventory says, each minute and whenever something was switched: what has no order
 * on its way and no place in the inventory is destroyed; what the hypervisor has lost is told as FAILED.
 */
export class Reconciler implements Worker {
  readonly name = "reconciler";
  private readonly loop: Loop;

  constructor(
    private readonly kit: SubgraphKit,
    private readonly hypervisor: Hypervisor,
    private readonly clock: () => Date,
  ) {
    this.loop = new Loop(this.name, EVERY_MILLISECONDS, () => this.reconcile(), kit.logger);
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  /** The inventory has changed. */
  wake(): void {
    this.loop.wake();
  }

  async reconcile(): Promise<void> {
    // In this order: a machine is in the inventory before the hypervisor hears of it.
    const seen = new Map((await this.hypervisor.list()).map((machine) => [machine.id, machine]));
    const { inventory, onTheirWay } = await this.kit.database.system(this.name, (tx) =>
      this.known(tx, [...seen.keys()]),
    );
    for (const machine of seen.values()) {
      const wanted = inventory.get(machine.id);
      if (wanted) await this.take(stepFor(wanted, machine), machine.id);
      else if (!onTheirWay.has(machine.orderId)) await this.take("DESTROY", machine.id);
    }
    const missing = [...inventory.values()].filter(({ id, state }) => {
      return !seen.has(id) && !GONE.includes(state) && state !== "PROVISIONING";
    });
    for (const { id } of missing) if (!(await this.hypervisor.find(id))) await this.lose(id);
  }

  private async known(tx: Tx, ids: readonly string[]) {
    const rows = await tx.db
      .select()
      .from(vm)
      .where(and(isNotNull(vm.orderId), or(notInArray(vm.state, GONE), inArray(vm.id, [...ids]))));
    const ways = await tx.db
      .select({ orderId: provisioning.orderId })
      .from(provisioning)
      .where(notInArray(provisioning.state, ["FAILED", "CANCELLED"]));
    return {
      inventory: new Map(rows.map((row) => [row.id, machineOf(row)])),
      onTheirWay: new Set(ways.map(({ orderId }) => orderId)),
    };
  }

  private async take(step: Step | null, id: string): Promise<void> {
    if (step === "START") await this.hypervisor.start(id);
    if (step === "STOP") await this.hypervisor.stop(id);
    if (step === "REBOOT") await this.hypervisor.reboot(id);
    if (step === "DESTROY") await this.hypervisor.destroy(id);
  }

  private async lose(id: string): Promise<void> {
    const transition = { to: "FAILED" as const, reason: "The hypervisor does not know it any more.", at: this.clock() };
    await this.kit.database.system(this.name, (tx) => changeState(tx, [id], transition));
    this.kit.wakeRelay();
  }
}
