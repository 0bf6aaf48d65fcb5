import type { Tx } from "@tollgate/kit";
import { inArray } from "drizzle-orm";
import { catalogueItem } from "../catalogue/catalogue.schema.js";
import type { EntryKind } from "../ledger/ledger.schema.js";
import { machine } from "../machines/machine.schema.js";
import { RESOURCE_WORDS } from "../prices/breakdown.js";
import { lesser } from "../prices/fraction.js";
import type { Period } from "./calendar.js";
import { type Charge, chargesIn, itemsOf, paidInAdvance } from "./charges.js";
import { sharesOf } from "./shares.js";
import { type Books, type Used, usedIn } from "./used.js";

export type SpendBy = "VM" | "SERVICE" | "RESOURCE";

/** One part of what was charged. */
export interface Slice {
  label: string;
  vmId: string | null;
  itemId: string | null;
  amount: bigint;
  shareBasisPoints: number;
}

export interface BreakdownKey {
  books: Books;
  period: Period;
  by: SpendBy;
  /** All that was charged in the period: slices add up to it. */
  total: bigint;
}

const MOST_SLICES = 100;
const WHOLE = 10_000n;
const BEGINNING = new Date(0);

const KIND_WORDS: Partial<Record<EntryKind, string>> = {
  CREDIT_NOTE: "Credit notes",
  ADJUSTMENT: "Corrections",
  CAPTURE: "Orders",
  SERVICE: "Services",
};

/** What a part of the charges was for. */
interface Part {
  vmId: string | null;
  itemId: string | null;
  resource: string | null;
  kind: EntryKind;
  amount: bigint;
}

/** What use was for: its charges, split by what was used and not paid in advance already. */
const partsOfUse = (used: readonly Used[], inAdvance: ReadonlyMap<string, bigint>, charged: bigint): Part[] => {
  const left = new Map(inAdvance);
  const owing = used.map(({ vmId, amount }) => {
    const covered = amount > 0n ? lesser(left.get(vmId) ?? 0n, amount) : 0n;
    left.set(vmId, (left.get(vmId) ?? 0n) - covered);
    return amount - covered;
  });
  const amounts = sharesOf(charged, owing);
  const parts = used.map(({ vmId, resource, code }, nth): Part => {
    const words = code === "" ? RESOURCE_WORDS[resource].description : code;
    return { vmId, itemId: null, resource: words, kind: "USAGE", amount: amounts[nth] ?? 0n };
  });
  // Where nothing says what was used, it is of machines all the same.
  const rest = amounts.reduce((sum, amount) => sum - amount, charged);
  return rest === 0n ? parts : [...parts, { vmId: null, itemId: null, resource: null, kind: "USAGE", amount: rest }];
};

type Items = Awaited<ReturnType<typeof itemsOf>>;

const partsOfCharge = ({ kind, vmId, orderId, itemId, amount }: Charge, items: Items): Part[] => {
  const lines = (orderId && items.get(orderId)) || [];
  const amounts = sharesOf(
    amount,
    lines.map(({ net }) => net),
  );
  if (amounts.every((part) => part === 0n)) return [{ vmId, itemId, resource: null, kind, amount }];
  return lines.map((line, nth) => ({ vmId, itemId: line.itemId, resource: null, kind, amount: amounts[nth] ?? 0n }));
};

interface Names {
  machines: ReadonlyMap<string, string>;
  items: ReadonlyMap<string, string>;
}

/** Which slice a part belongs to. */
const sliceOf = (part: Part, by: SpendBy, { machines, items }: Names): Pick<Slice, "label" | "vmId" | "itemId"> => {
  const { vmId, itemId, resource, kind } = part;
  const plain = (label: string) => ({ label, vmId: null, itemId: null });
  if (itemId) {
    if (by !== "SERVICE") return plain("Services and products");
    return { label: items.get(itemId) ?? "A service that is no longer shown", vmId: null, itemId };
  }
  const isUse = vmId !== null || kind === "USAGE";
  if (!isUse) return plain(KIND_WORDS[kind] ?? "Others");
  if (by === "SERVICE") return plain("Machines");
  if (by === "RESOURCE") return plain(resource ?? "First hours of ordered machines");
  return vmId ? { label: machines.get(vmId) ?? "A machine", vmId, itemId: null } : plain("Machines");
};

const slicesOf = (parts: readonly Part[], by: SpendBy, names: Names): Slice[] => {
  const slices = new Map<string, Slice>();
  for (const part of parts) {
    const slice = sliceOf(part, by, names);
    const key = slice.vmId ?? slice.itemId ?? slice.label;
    const known = slices.get(key) ?? { ...slice, amount: 0n, shareBasisPoints: 0 };
    slices.set(key, { ...known, amount: known.amount + part.amount });
  }
  const sorted = [...slices.values()]
    .filter(({ amount }) => amount !== 0n)
    .sort((a, b) => (a.amount === b.amount ? a.label.localeCompare(b.label) : a.amount < b.amount ? 1 : -1));
  const shown = sorted.slice(0, MOST_SLICES);
  const rest = sorted.slice(MOST_SLICES).reduce((sum, { amount }) => sum + amount, 0n);
  if (rest !== 0n) shown.push({ label: "Others", vmId: null, itemId: null, amount: rest, shareBasisPoints: 0 });
  const shares = sharesOf(
    WHOLE,
    shown.map(({ amount }) => amount),
  );
  return shown.map((slice, nth) => ({ ...slice, shareBasisPoints: Number(shares[nth] ?? 0n) }));
};

const namesOf = async (tx: Tx, parts: readonly Part[]): Promise<Names> => {
  const vmIds = [...new Set(parts.flatMap(({ vmId }) => vmId ?? []))];
  const itemIds = [...new Set(parts.flatMap(({ itemId }) => itemId ?? []))];
  const { vmId, name } = machine;
  const machines = await tx.db.select({ vmId, name }).from(machine).where(inArray(vmId, vmIds));
  const items =
    itemIds.length === 0
      ? []
      : await tx.db
          .select({ id: catalogueItem.id, name: catalogueItem.name })
          .from(catalogueItem)
          .where(inArray(catalogueItem.id, itemIds));
  return {
    machines: new Map(machines.map((row) => [row.vmId, row.name])),
    items: new Map(items.map((row) => [row.id, row.name])),
  };
};

/** What is left at the beginning of each period of what machines' orders paid in advance. */
const advancesAt = async (
  tx: Tx,
  keys: readonly BreakdownKey[],
  used: readonly Used[][],
): Promise<Map<string, bigint>[]> => {
  const paid = await paidInAdvance(tx, [...new Set(used.flat().map(({ vmId }) => vmId))]);
  const concerned = keys.filter((_, nth) => used[nth]?.some(({ vmId }) => paid.has(vmId)));
  const earlier = await usedIn(
    tx,
    concerned.map(({ books, period }) => ({ ...books, period: { from: BEGINNING, to: period.from } })),
  );
  return keys.map((key) => {
    const before = earlier[concerned.indexOf(key)];
    if (!before) return new Map();
    const left = new Map(paid);
    for (const { vmId, amount } of before) if (left.has(vmId)) left.set(vmId, (left.get(vmId) ?? 0n) - amount);
    return new Map([...left].filter(([, amount]) => amount > 0n));
  });
};

/**
 * What spend was for, the largest part first: each slice with its part of the tax. Slices add up to the total to the
 * cent, shares to 10,000 where the total is above zero. The number of statements does not grow with the keys.
 */
export const breakdowns = async (tx: Tx, keys: readonly BreakdownKey[]): Promise<Map<BreakdownKey, Slice[]>> => {
  const asked = keys.map(({ books, period }) => ({ ...books, period }));
  const used = await usedIn(tx, asked);
  const charges = await chargesIn(tx, asked);
  const advances = await advancesAt(tx, keys, used);
  const items = await itemsOf(tx, [...new Set(charges.flat().flatMap(({ orderId }) => orderId ?? []))]);
  const parts = keys.map(({ total }, nth) => {
    const others = charges[nth] ?? [];
    const charged = others.reduce((left, { amount }) => left - amount, total);
    const ofUse = partsOfUse(used[nth] ?? [], advances[nth] ?? new Map(), charged);
    return [...ofUse, ...others.flatMap((charge) => partsOfCharge(charge, items))];
  });
  const names = await namesOf(tx, parts.flat());
  return new Map(keys.map((key, nth) => [key, slicesOf(parts[nth] ?? [], key.by, names)]));
};
