import { type Currency, newEventId, type Tx } from "@tollgate/kit";
import { eq, inArray, sql } from "drizzle-orm";
import { hold } from "../ledger/hold.schema.js";
import type { MachineRow } from "../machines/machine.schema.js";
import { order } from "../orders/order.schema.js";
import { add, fraction, rounded } from "../prices/fraction.js";
import { decimalOf, type Use } from "./hour.js";
import { type MeterRow, meter, type UsageRow, usageRecord } from "./usage.schema.js";

const NOTHING = fraction(0n, 1n);
/** Rows of one INSERT: below the number of parameters that the protocol allows. */
const ROWS_AT_ONCE = 2_000;

const keyOf = ({ vmId, resource, code }: { vmId: string; resource: string; code: string }): string =>
  `${vmId} ${resource} ${code}`;

/** Minor units that a machine's order has paid of its use in advance: its first hour. */
const prepaid = async (tx: Tx, vmIds: readonly string[]): Promise<Map<string, bigint>> => {
  const rows = await tx.db
    .select({ vmId: order.vmId, captured: hold.captured })
    .from(order)
    .innerJoin(hold, eq(hold.id, order.holdId))
    .where(inArray(order.vmId, [...vmIds]));
  return new Map(rows.flatMap(({ vmId, captured }) => (vmId === null ? [] : [[vmId, captured] as const])));
};

interface MachineAccount {
  /** Minor units of use so far. */
  recorded: bigint;
  prepaid: bigint;
  paid: bigint;
}

/**
 * The meters of an organisation's machines while its hours are charged. A record's amount is
 * `round(used so far) − recorded so far`, so that hours add up to the price of a month to the cent.
 */
export class Meters {
  private readonly meters: Map<string, MeterRow>;
  private readonly records: UsageRow[] = [];

  private constructor(
    private readonly organisationId: string,
    rows: readonly MeterRow[],
    private readonly accounts: Map<string, MachineAccount>,
  ) {
    this.meters = new Map(rows.map((row) => [keyOf(row), row]));
  }

  static async read(tx: Tx, organisationId: string, machines: readonly MachineRow[]): Promise<Meters> {
    const vmIds = machines.map(({ vmId }) => vmId);
    const rows = await tx.db.select().from(meter).where(inArray(meter.vmId, vmIds));
    const inAdvance = await prepaid(tx, vmIds);
    const accounts = new Map<string, MachineAccount>(
      machines.map(({ vmId, usagePaid }) => [
        vmId,
        {
          recorded: rows.filter((row) => row.vmId === vmId).reduce((sum, row) => sum + row.recorded, 0n),
          prepaid: inAdvance.get(vmId) ?? 0n,
          paid: usagePaid,
        },
      ]),
    );
    return new Meters(organisationId, rows, accounts);
  }

  /** Enters what was used in an hour. @returns minor units to be paid now. */
  add(uses: readonly Use[], hour: Date, currency: Currency): bigint {
    for (const use of uses) this.enter(use, hour, currency);
    let due = 0n;
    for (const vmId of new Set(uses.map((use) => use.vmId))) {
      const account = this.accountOf(vmId);
      const owing = account.recorded - account.prepaid - account.paid;
      if (owing <= 0n) continue;
      account.paid += owing;
      due += owing;
    }
    return due;
  }

  /** Says which entry charged an hour. */
  chargedBy(hour: Date, entryId: string): void {
    for (const record of this.records) if (record.hour.getTime() === hour.getTime()) record.entryId = entryId;
  }

  /** Writes records, meters and what machines have paid. */
  async write(tx: Tx): Promise<void> {
    for (let from = 0; from < this.records.length; from += ROWS_AT_ONCE) {
      await tx.db.insert(usageRecord).values(this.records.slice(from, from + ROWS_AT_ONCE));
    }
    const meters = [...this.meters.values()];
    for (let from = 0; from < meters.length; from += ROWS_AT_ONCE) {
      await tx.db
        .insert(meter)
        .values(meters.slice(from, from + ROWS_AT_ONCE))
        .onConflictDoUpdate({
          target: [meter.vmId, meter.resource, meter.code],
          set: { used: sql`excluded.used`, recorded: sql`excluded.recorded` },
        });
    }
    const paid = [...this.accounts];
    await tx.sql`
      update machine m set usage_paid = u.paid
        from unnest(${paid.map(([vmId]) => vmId)}::uuid[], ${paid.map(([, account]) => account.paid.toString())}::bigint[])
          u(vm_id, paid)
       where m.vm_id = u.vm_id`;
  }

  private accountOf(vmId: string): MachineAccount {
    const account = this.accounts.get(vmId);
    if (!account) throw new Error("a run without its machine");
    return account;
  }

  private enter(use: Use, hour: Date, currency: Currency): void {
    const { organisationId } = this;
    const { vmId, resource, code, minutes } = use;
    const before = this.meters.get(keyOf(use)) ?? { organisationId, vmId, resource, code, used: NOTHING, recorded: 0n };
    const used = add(before.used, use.cost);
    const recorded = rounded(used);
    const amount = recorded - before.recorded;
    this.meters.set(keyOf(use), { ...before, used, recorded });
    this.accountOf(vmId).recorded += amount;
    const id = newEventId(hour.getTime());
    const quantity = decimalOf(use.quantity);
    const record = { id, organisationId, vmId, hour, resource, code, minutes, quantity, currency, amount };
    this.records.push({ ...record, entryId: null });
  }
}
