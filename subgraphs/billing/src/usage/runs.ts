import { isDeepStrictEqual } from "node:util";
import type { Tx } from "@tollgate/kit";
import type { DeliveredEvent, VmChange } from "@tollgate/kit/protocol";
import { and, desc, eq, inArray, ne } from "drizzle-orm";
import { hold } from "../ledger/hold.schema.js";
import { releaseHolds } from "../ledger/holds.js";
import { isClosed } from "../ledger/ledger.js";
import { machine } from "../machines/machine.schema.js";
import { metering, type RunRow, run } from "./usage.schema.js";

export const HOUR = 3_600_000;

export const hourOf = (at: Date): Date => new Date(Math.floor(at.getTime() / HOUR) * HOUR);

/** States in which the machine's disks exist. */
const STANDS: readonly VmChange["state"][] = ["RUNNING", "STOPPED", "SUSPENDED"];

const sizeOf = ({ vcpus, memoryBytes, disks }: VmChange): RunRow["size"] => ({ vcpus, memoryBytes, disks });

/** Reserves of a machine that is gone, those from filling up again included. */
const freeReserves = async (tx: Tx, { vmId, name }: VmChange, at: Date): Promise<void> => {
  const open = and(eq(hold.vmId, vmId), ne(hold.kind, "ORDER"), eq(hold.state, "OPEN"));
  const holds = await tx.db.select({ id: hold.id }).from(hold).where(open).orderBy(hold.id);
  const description = `${name} is gone`;
  await releaseHolds(
    tx,
    holds.map(({ id: holdId }) => ({ holdId, at, description })),
  );
};

/**
 * Waits until nobody charges the organisation's use, and keeps it so until the transaction ends. Whoever changes machines
 * and then moves money begins with it: charging locks money first and machines last.
 */
export const pauseCharging = (tx: Tx, organisationId: string): Promise<void> => pauseChargingOf(tx, [organisationId]);

/** The same for several, in one statement. */
export const pauseChargingOf = async (tx: Tx, organisationIds: readonly string[]): Promise<void> => {
  await tx.db
    .select({ until: metering.until })
    .from(metering)
    .where(inArray(metering.organisationId, [...new Set(organisationIds)]))
    .orderBy(metering.organisationId)
    .for("share");
};

/**
 * Keeps a machine's history as stretches of time from what telemetry tells; what came before a newer one is dropped.
 * What is told late counts from the hour on that is not charged yet.
 * @param when it happened, by the clock that use is charged by.
 */
export const followRun = async (tx: Tx, event: DeliveredEvent, when: Date): Promise<void> => {
  const vm = event.payload as VmChange; // the catalogue's type for this event
  await pauseCharging(tx, vm.organisationId);
  // Switching off for want of money leaves two stretches of one version: the later one goes on.
  const [last] = await tx.db
    .select()
    .from(run)
    .where(eq(run.vmId, vm.vmId))
    .orderBy(desc(run.version), desc(run.fromAt))
    .limit(1);
  const version = event.aggregateVersion;
  // A machine that is gone has no stretch that would remember the news of its end.
  const [known] = await tx.db.select({ version: machine.version }).from(machine).where(eq(machine.vmId, vm.vmId));
  if ((last && last.version >= version) || (known && known.version > version)) return;
  const isOn = vm.state === "RUNNING";
  const size = sizeOf(vm);
  // What is told late of an organisation that is closed by now is charged to nobody.
  const stands = vm.isCharged && STANDS.includes(vm.state) && !(await isClosed(tx, vm.organisationId));
  const open = last?.toAt === null ? last : null;
  if (open && stands && open.isOn === isOn && isDeepStrictEqual(open.size, size)) {
    await tx.db.update(run).set({ version }).where(eq(run.id, open.id));
    return;
  }
  // What is told out of time never begins before what was known ends: no moment would be charged twice.
  const begun = last ? (last.toAt ?? last.fromAt) : when;
  const at = begun > when ? begun : when;
  if (open) await tx.db.update(run).set({ toAt: at }).where(eq(run.id, open.id));
  if (vm.state === "DELETED" || vm.state === "FAILED") await freeReserves(tx, vm, at);
  if (!stands) return;
  const { organisationId, vmId } = vm;
  await tx.db
    .insert(metering)
    .values({ organisationId, until: hourOf(at) })
    .onConflictDoNothing();
  await tx.db.insert(run).values({ organisationId, vmId, fromAt: at, isOn, size, version });
};
