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
 * Sets money of wallets aside: all of it or nothing, in one statement. @returns the holds' ids, in their order.
 * @throws Fault INSUFFICIENT_FUNDS when a wallet would go below zero.
 */
export const placeHolds = async (tx: Tx, wanted: readonly NewHold[]): Promise<string[]> => {
  if (wanted.length === 0) return [];
  const ids = wanted.map(({ id }) => id ?? newEventId());
  const column = (of: (hold: NewHold) => string | null) => wanted.map(of);
  await tx.sql`
    select place_holds(${ids}::uuid[], ${column(() => newEventId())}::uuid[],
      ${column(({ organisationId }) => organisationId)}::uuid[], ${column(({ walletId }) => walletId)}::uuid[],
      ${column(({ kind }) => kind)}::text[], ${column(({ amount }) => amount.toString())}::bigint[],
      ${column(({ orderId }) => orderId)}::uuid[], ${column(({ vmId }) => vmId)}::uuid[],
      ${column(({ description }) => description)}::text[], ${column(({ at }) => at.toISOString())}::text[]::timestamptz[])`;
  return ids;
};

/** The same for one. @returns its id. */
export const placeHold = async (tx: Tx, wanted: NewHold): Promise<string> => {
  const [id] = await placeHolds(tx, [wanted]);
  if (id === undefined) throw new Error("a hold has no id");
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
 * Takes money of holds as revenue and tax: all of them or none, in one statement.
 * @returns for each, in their order, false where the hold has ended, and nothing was done.
 * @throws Fault INSUFFICIENT_FUNDS for more than a hold has left.
 */
export const captureHolds = async (tx: Tx, captures: readonly Capture[]): Promise<boolean[]> => {
  if (captures.length === 0) return [];
  const column = (of: (capture: Capture) => string | null) => captures.map(of);
  const rows = await tx.sql<{ settled: boolean }[]>`
    select unnest(settle_holds(${column(({ holdId }) => holdId)}::uuid[], ${column(() => newEventId())}::uuid[],
      ${column(() => newEventId())}::uuid[], ${column(({ amount }) => amount.toString())}::bigint[],
      ${column(({ tax = 0n }) => tax.toString())}::bigint[], ${column(({ kind }) => kind)}::text[],
      ${column(({ description }) => description)}::text[], ${column(({ releaseAs }) => releaseAs)}::text[],
      ${column(({ at }) => at.toISOString())}::text[]::timestamptz[])) as settled`;
  return rows.map(({ settled }) => settled);
};

/** The same for one. @returns false, and does nothing, where the hold has ended. */
export const captureHold = async (tx: Tx, capture: Capture): Promise<boolean> => {
  const [settled] = await captureHolds(tx, [capture]);
  return settled ?? false;
};

export interface Release {
  holdId: string;
  at: Date;
  description: string;
}

/**
 * Makes available again what holds have left: all of them or none, in one statement.
 * @returns for each, in their order, false where the hold has ended, and nothing was done.
 */
export const releaseHolds = (tx: Tx, releases: readonly Release[]): Promise<boolean[]> =>
  captureHolds(
    tx,
    releases.map((release) => ({ ...release, amount: 0n, kind: "CAPTURE", releaseAs: release.description })),
  );

/** The same for one. @returns false, and does nothing, where it has ended. */
export const releaseHold = async (tx: Tx, release: Release): Promise<boolean> => {
  const [released] = await releaseHolds(tx, [release]);
  return released ?? false;
};

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
