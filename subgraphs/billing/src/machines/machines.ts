import type { Money, Tx } from "@tollgate/kit";
import type { DeliveredEvent, VmChange } from "@tollgate/kit/protocol";
import { inArray, lt } from "drizzle-orm";
import { costPerHour } from "../prices/cost.js";
import { rounded } from "../prices/fraction.js";
import { pricesInForce } from "../prices/prices.js";
import type { Prices } from "../prices/rates.js";
import { type MachineRow, machine } from "./machine.schema.js";

/** Follows telemetry: state of a machine, applied where it is newer. */
export const followVm = async (tx: Tx, event: DeliveredEvent): Promise<void> => {
  const { vmId, ...vm } = event.payload as VmChange; // the catalogue's type for this event
  const values = {
    organisationId: vm.organisationId,
    name: vm.name,
    state: vm.state,
    vcpus: vm.vcpus,
    memoryBytes: vm.memoryBytes,
    disks: vm.disks,
    isCharged: vm.isCharged,
    startsUntil: null,
    version: event.aggregateVersion,
  };
  await tx.db
    .insert(machine)
    .values({ vmId, ...values })
    .onConflictDoUpdate({ target: machine.vmId, set: values, setWhere: lt(machine.version, event.aggregateVersion) });
};

/** States in which the machine's disks exist. */
const HAS_STORAGE = new Set<VmChange["state"]>(["RUNNING", "STOPPED", "SUSPENDED"]);

const costOf = (row: MachineRow, prices: Prices | undefined): Money | null => {
  if (!row.isCharged || !prices) return null;
  const { currency } = prices.list;
  if (!HAS_STORAGE.has(row.state)) return { minorUnits: 0n, currency };
  const exact = costPerHour(prices, row, row.state === "RUNNING");
  return exact && { minorUnits: rounded(exact), currency };
};

/**
 * What machines cost an hour in their present state, rounded, without tax, by id. Left out: what is not charged, what
 * has no price, and what is out of sight. The number of statements does not depend on how many are asked for.
 */
export const hourlyCosts = async (tx: Tx, vmIds: readonly string[], at: Date): Promise<Map<string, Money>> => {
  const rows = await tx.db
    .select()
    .from(machine)
    .where(inArray(machine.vmId, [...vmIds]));
  const prices = await pricesInForce(tx, [...new Set(rows.map((row) => row.organisationId))], at);
  return new Map(
    rows.flatMap((row) => {
      const cost = costOf(row, prices.get(row.organisationId));
      return cost ? [[row.vmId, cost] as const] : [];
    }),
  );
};
