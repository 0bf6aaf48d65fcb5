import type { SubgraphKit, Tx, Worker } from "@tollgate/kit";
import { Loop } from "@tollgate/kit/process";
import { type Hypervisor, machineIdOf } from "./hypervisor.js";
import { openProvisionings, progress } from "./provisioning.js";
import type { ProvisioningRow } from "./provisioning.schema.js";
import { arrive, begin, decideEnd, endAsDecided } from "./steps.js";

const GLANCE_MILLISECONDS = 500;
/** A machine that takes longer than this may be cancelled although it was begun: it hangs. */
const HANGS_AFTER_MINUTES = 10;
const MINUTE = 60_000;

/**
 * Leads orders to running machines. Everything it knows stands in the table and at the hypervisor, so it may die
 * anywhere, and several may work at the same order: each step is decided under the row's lock, each call may be repeated.
 */
export class Provisioner implements Worker {
  readonly name = "provisioner";
  private readonly loop: Loop;

  constructor(
    private readonly kit: SubgraphKit,
    private readonly hypervisor: Hypervisor,
    private readonly clock: () => Date,
  ) {
    this.loop = new Loop(this.name, GLANCE_MILLISECONDS, () => this.turn(), kit.logger);
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  /** There is something new to look after. */
  wake(): void {
    this.loop.wake();
  }

  /** One look at everything that is on its way. */
  async turn(): Promise<void> {
    const open = await this.system(openProvisionings);
    for (const row of open) {
      // One order's trouble must not keep the others waiting; it is looked at again in the next turn.
      await this.lead(row).catch((error: unknown) =>
        this.kit.logger.warn({ error, order: row.orderId }, "provisioning"),
      );
    }
    if (open.length > 0) this.kit.wakeRelay();
  }

  private system<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.kit.database.system(this.name, work);
  }

  private async lead(found: ProvisioningRow): Promise<void> {
    const at = this.clock();
    const { orderId } = found;
    const row = found.state === "QUEUED" ? await this.system((tx) => begin(tx, orderId, this.hypervisor, at)) : found;
    if (!row) return;
    if (row.ending) return this.end(orderId);
    const machine = await this.hypervisor.find(machineIdOf(orderId));
    if (!machine) return this.create(row);
    if (machine.phase === "FAILED") {
      await this.system((tx) => decideEnd(tx, orderId, "FAILED", machine.failure));
      return this.end(orderId);
    }
    if (machine.phase === "RUNNING" || machine.phase === "STOPPED") {
      return this.system((tx) => arrive(tx, orderId, machine, at));
    }
    if (this.isHanging(row, at)) {
      await this.system((tx) => decideEnd(tx, orderId, "CANCELLED", null));
      return this.end(orderId);
    }
    const { phase, percent } = machine;
    if (phase !== row.state || percent !== row.percent) await this.system((tx) => progress(tx, row, phase, percent));
  }

  /** The hypervisor knows nothing of it: asked before, so this never makes a second one. */
  private async create({ orderId, machine, cancelRequestedAt }: ProvisioningRow): Promise<void> {
    if (cancelRequestedAt) {
      await this.system((tx) => decideEnd(tx, orderId, "CANCELLED", null));
      return this.end(orderId);
    }
    if (machine) await this.hypervisor.create({ id: machineIdOf(orderId), orderId, machine });
  }

  private isHanging({ cancelRequestedAt, startedAt }: ProvisioningRow, at: Date): boolean {
    return (
      cancelRequestedAt !== null &&
      startedAt !== null &&
      at.getTime() - startedAt.getTime() >= HANGS_AFTER_MINUTES * MINUTE
    );
  }

  private async end(orderId: string): Promise<void> {
    await this.hypervisor.destroy(machineIdOf(orderId));
    await this.system((tx) => endAsDecided(tx, orderId, this.clock()));
  }
}
