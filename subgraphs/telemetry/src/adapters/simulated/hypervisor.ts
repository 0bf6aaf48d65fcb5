import { type Database, refuseInTransaction, type Tx, UnavailableFault } from "@tollgate/kit";
import { eq } from "drizzle-orm";
import type { Hypervisor, HypervisorMachine, HypervisorOrder, Phase } from "../../provisioning/hypervisor.js";
import { simulatedMachine } from "./hypervisor.schema.js";

type Row = typeof simulatedMachine.$inferSelect;

export interface SimulatedHypervisorOptions {
  database: Database;
  clock: () => Date;
  /** How long a machine takes until it runs. */
  seconds: number;
  vcpus?: number;
  memoryBytes?: bigint;
}

const VCPUS = 4_096;
const MEMORY_BYTES = 16n * 2n ** 40n;
/** How much longer a `-late` machine takes. */
const LATE = 4;

/** Where each phase begins, as a share of the whole time. */
const PHASES: readonly { from: number; phase: Phase }[] = [
  { from: 1, phase: "RUNNING" },
  { from: 0.65, phase: "BOOTING" },
  { from: 0.2, phase: "INSTALLING" },
  { from: 0, phase: "CREATING" },
];

/** Shares of the time at which a machine named so breaks down or stays for good. */
const FAILS_AT = 0.5;
const HANGS_AT = 0.4;

/** A machine's name says how its making goes: ending in `-fail`, `-hang` or `-late`. */
const fateOf = (name: string) => /-(fail|hang|late)$/.exec(name)?.[1] ?? null;

/** Private addresses of a made-up network, the same for the same machine. */
const addressOf = (id: string): string =>
  `10.${[id.slice(0, 2), id.slice(2, 4), id.slice(4, 6)].map((hex) => (Number.parseInt(hex, 16) % 254) + 1).join(".")}`;

/**
 * Machines that exist as rows only: made in a few seconds by the clock, surviving a restart of the process. Names that
 * end in `-fail` break down half-way, `-hang` never get further, `-late` take longer and their order goes unanswered.
 */
export class SimulatedHypervisor implements Hypervisor {
  constructor(private readonly options: SimulatedHypervisorOptions) {}

  capacity() {
    return { vcpus: this.options.vcpus ?? VCPUS, memoryBytes: this.options.memoryBytes ?? MEMORY_BYTES };
  }

  async create({ id, orderId, machine }: HypervisorOrder): Promise<void> {
    refuseInTransaction("asking the hypervisor");
    const row = { id, orderId, name: machine.name, vcpus: machine.vcpus, createdAt: this.options.clock() };
    await this.own((tx) => tx.db.insert(simulatedMachine).values(row).onConflictDoNothing());
    if (fateOf(machine.name) === "late") throw new UnavailableFault("The hypervisor has not answered.");
  }

  async find(id: string): Promise<HypervisorMachine | null> {
    const [row] = await this.own((tx) => tx.db.select().from(simulatedMachine).where(eq(simulatedMachine.id, id)));
    return row ? this.seen(row) : null;
  }

  async list(): Promise<HypervisorMachine[]> {
    const rows = await this.own((tx) => tx.db.select().from(simulatedMachine));
    return rows.map((row) => this.seen(row));
  }

  start(id: string): Promise<void> {
    return this.change(id, { isOn: true, bootedAt: this.options.clock() });
  }

  stop(id: string): Promise<void> {
    return this.change(id, { isOn: false });
  }

  reboot(id: string): Promise<void> {
    return this.change(id, { isOn: true, bootedAt: this.options.clock() });
  }

  async destroy(id: string): Promise<void> {
    refuseInTransaction("asking the hypervisor");
    await this.own((tx) => tx.db.delete(simulatedMachine).where(eq(simulatedMachine.id, id)));
  }

  private async change(id: string, values: Partial<Row>): Promise<void> {
    refuseInTransaction("asking the hypervisor");
    await this.own((tx) => tx.db.update(simulatedMachine).set(values).where(eq(simulatedMachine.id, id)));
  }

  /** In a transaction of its own: a real hypervisor knows nothing of ours. */
  private own<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.options.database.system("simulated-hypervisor", work);
  }

  private seen(row: Row): HypervisorMachine {
    const fate = fateOf(row.name);
    const seconds = this.options.seconds * (fate === "late" ? LATE : 1);
    const passed = (this.options.clock().getTime() - row.createdAt.getTime()) / (seconds * 1_000);
    const base = { id: row.id, orderId: row.orderId, address: addressOf(row.id), bootedAt: null, failure: null };
    if (fate === "fail" && passed >= FAILS_AT) {
      return { ...base, phase: "FAILED", percent: FAILS_AT * 100, failure: "The disk image could not be written." };
    }
    const share = Math.min(Math.max(passed, 0), fate === "hang" ? HANGS_AT : 1);
    const phase = PHASES.find(({ from }) => share >= from)?.phase ?? "CREATING";
    if (phase !== "RUNNING") return { ...base, phase, percent: Math.floor(share * 100) };
    const readyAt = new Date(row.createdAt.getTime() + seconds * 1_000);
    return { ...base, phase: row.isOn ? "RUNNING" : "STOPPED", percent: 100, bootedAt: row.bootedAt ?? readyAt };
  }
}
