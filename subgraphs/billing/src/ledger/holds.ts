import { newEventId, type Tx } from "@tollgate/kit";
import { inArray } from "drizzle-orm";
import { type HoldKind, type HoldRow, hold } from "./hold.schema.js";
import type { EntryKind } from "./ledger.schema.js";

export interface NewHold {
  id?: string;
  organisationId: string;
  walletId: string;
  kind: HoldKind;
  /** Minor units of the wallet's currency. */
  amount: bigint;
  orderId: string | null;
  vmId: string | null;
  description: string;
  at: Date;
}

/**
 * Sets money of a wallet aside. @returns the hold's id.
 * @throws Fault INSUFFICIENT_FUNDS when the wallet would go below zero.
 */
export const placeHold = async (tx: Tx, wanted: NewHold): Promise<string> => {
  const { id = newEventId(), organisationId, walletId, kind, amount, orderId, vmId, description, at } = wanted;
  await tx.sql`
    select place_hold(${id}, ${newEventId()}, ${organisationId}, ${walletId}, ${kind}, ${amount.toString()}, ${orderId},
      ${vmId}, ${description}, ${at.toISOString()})`;
  return id;
};

export interface Capture {
  holdId: string;
  /** Minor units, at most what the hold has left. */
  amount: bigint;
  /** Part of it; none when left out. */
  tax?: bigint;
  kind: EntryKind;
  description: string;
  at: Date;
  /** What becomes available again is given back under this description; null: the rest stays held. */
  releaseAs: string | null;
}

/**
 * Takes money of a hold as revenue and tax. @returns false, and does nothing, where the hold has ended.
 * @throws Fault INSUFFICIENT_FUNDS for more than it has left.
 */
export const captureHold = async (tx: Tx, capture: Capture): Promise<boolean> => {
  const { holdId, amount, tax = 0n, kind, description, at, releaseAs } = capture;
  const [row] = await tx.sql<{ settled: boolean }[]>`
    select settle_hold(${holdId}, ${newEventId()}, ${newEventId()}, ${amount.toString()}, ${kind}, ${description},
      ${releaseAs}, ${at.toISOString()}, ${tax.toString()}) as settled`;
  return row?.settled ?? false;
};

/** Makes available again what a hold has left. @returns false, and does nothing, where it has ended. */
export const releaseHold = (tx: Tx, release: { holdId: string; at: Date; description: string }): Promise<boolean> =>
  captureHold(tx, { ...release, amount: 0n, kind: "CAPTURE", releaseAs: release.description });

/** By id; those outside of the estate are left out. */
export const holdsById = async (tx: Tx, ids: readonly string[]): Promise<Map<string, HoldRow>> => {
  const rows = await tx.db
    .select()
    .from(hold)
    .where(inArray(hold.id, [...ids]));
  return new Map(rows.map((row) => [row.id, row]));
};

/** Minor units of open reserves, by wallet. */
export const reservedOf = async (tx: Tx, walletIds: readonly string[]): Promise<Map<string, bigint>> => {
  const rows = await tx.sql<{ wallet_id: string; left: bigint }[]>`
    select wallet_id, sum(amount - captured)::bigint as left from hold
     where wallet_id = any(${[...walletIds]}::uuid[]) and state = 'OPEN' and kind <> 'ORDER' group by wallet_id`;
  return new Map(rows.map(({ wallet_id: id, left }) => [id, left]));
};
