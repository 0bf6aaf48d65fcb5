import type { Tx } from "@tollgate/kit";
import { inArray } from "drizzle-orm";
import { availableOf } from "../ledger/balances.js";
import type { HoldKind } from "../ledger/hold.schema.js";
import { openWallets } from "../ledger/ledger.js";
import { type WalletRow, wallet } from "../ledger/ledger.schema.js";
import { lesser } from "../prices/fraction.js";
import type { Prices } from "../prices/rates.js";
import { type Standing, standingOf } from "./standing.js";

/** A hold that pays where the wallet cannot. */
export interface Reserve {
  id: string;
  kind: HoldKind;
  /** Minor units. */
  left: bigint;
}

/** What paid an hour, in minor units. */
export interface Payment {
  fromWallet: bigint;
  fromHolds: bigint;
  /** What nothing was left for. */
  owed: bigint;
  /** What reserves gave, one by one. */
  taken: { id: string; amount: bigint; isSpent: boolean }[];
  /** Whether what is available paid all of it. */
  isEnough: boolean;
  /** Whether reserves had to pay and were too little. */
  isExhausted: boolean;
}

const NOTHING_DUE: Payment = { fromWallet: 0n, fromHolds: 0n, owed: 0n, taken: [], isEnough: true, isExhausted: false };

/** What pays an organisation's use: its wallet, then its machines' reserves. Both are locked while it is open. */
export class Purse {
  standing: Standing;

  constructor(
    private row: WalletRow,
    private readonly reserves: readonly Reserve[],
  ) {
    this.standing = standingOf(row);
  }

  /** Minor units that reserves of a kind have left. */
  leftOf(kind: HoldKind): bigint {
    return this.reserves.reduce((sum, reserve) => (reserve.kind === kind ? sum + reserve.left : sum), 0n);
  }

  /**
   * Pays for an hour, all of it or nothing from what is available: where that is too little it is not eaten, the reserves
   * pay, and only what they lack is taken from it, and then owed. Storage has reserves of its own, for when nothing runs
   * any more.
   */
  pay(amount: bigint): Payment {
    if (amount === 0n) return NOTHING_DUE;
    const isEnough = this.standing.available >= amount;
    const taken = isEnough ? [] : this.takeReserves(amount);
    const fromHolds = taken.reduce((sum, part) => sum + part.amount, 0n);
    const lacking = amount - fromHolds;
    const fromWallet = lacking <= this.standing.available ? lacking : this.ownMoney();
    const owed = lacking - fromWallet;
    this.move(fromWallet, fromHolds, owed);
    return { fromWallet, fromHolds, owed, taken, isEnough, isExhausted: !isEnough && lacking > 0n };
  }

  /**
   * Where credit is used up and more is due, all that was taken on credit becomes a debt with it (this is below zero
   * then): credit that a debt has used up pays nothing else.
   */
  private ownMoney(): bigint {
    return this.row.posted - this.row.held;
  }

  private takeReserves(amount: bigint): Payment["taken"] {
    let missing = amount;
    const isStopped = this.standing.state === "STOPPED";
    return this.reserves.flatMap((reserve) => {
      if (reserve.kind === "STORAGE_RESERVE" && !isStopped) return [];
      const taken = lesser(reserve.left, missing);
      if (taken === 0n) return [];
      reserve.left -= taken;
      missing -= taken;
      return [{ id: reserve.id, amount: taken, isSpent: reserve.left === 0n }];
    });
  }

  private move(fromWallet: bigint, fromHolds: bigint, owed: bigint): void {
    const { posted, held, receivable } = this.row;
    this.row = {
      ...this.row,
      posted: posted - fromWallet - fromHolds,
      held: held - fromHolds,
      receivable: receivable - owed,
    };
    this.standing = { ...this.standing, available: availableOf(this.row) };
  }
}

/** Opens the wallets that some organisations pay from under their present prices. By organisation. */
export const openPurses = async (tx: Tx, prices: ReadonlyMap<string, Prices>): Promise<Map<string, Purse>> => {
  const owners = [...prices].map(([organisationId, { list }]) => ({ organisationId, currency: list.currency }));
  for (const [currency, own] of Map.groupBy(owners, (owner) => owner.currency)) {
    const ids = own.map(({ organisationId }) => organisationId);
    const known = await tx.sql<{ id: string }[]>`
      select organisation_id as id from wallet where organisation_id = any(${ids}::uuid[]) and currency = ${currency}`;
    const found = new Set(known.map(({ id }) => id));
    await openWallets(
      tx,
      ids.filter((id) => !found.has(id)),
      currency,
    );
  }
  const of = (row: Pick<WalletRow, "organisationId" | "currency">): string => `${row.organisationId} ${row.currency}`;
  const wanted = new Set(owners.map(of));
  const ids = (
    await tx.db
      .select({ id: wallet.id, organisationId: wallet.organisationId, currency: wallet.currency })
      .from(wallet)
      .where(
        inArray(
          wallet.organisationId,
          owners.map(({ organisationId }) => organisationId),
        ),
      )
  )
    .filter((row) => wanted.has(of(row)))
    .map(({ id }) => id);
  const held = await tx.sql<{ hold_id: string; wallet_id: string; kind: HoldKind; amount_left: bigint }[]>`
    select hold_id, wallet_id, kind, amount_left from lock_purses(${ids}::uuid[])`;
  const reserves = Map.groupBy(held, (row) => row.wallet_id);
  // Read once they are locked: what stood there before may have moved while we waited.
  const rows = await tx.db.select().from(wallet).where(inArray(wallet.id, ids));
  return new Map(
    rows.map((row) => {
      const own = reserves.get(row.id) ?? [];
      // What is left of a machine's grace goes before what is kept for storage.
      const inOrder = [...own].sort((a, b) => a.kind.localeCompare(b.kind));
      return [
        row.organisationId,
        new Purse(
          row,
          inOrder.map(({ hold_id: id, kind, amount_left: left }) => ({ id, kind, left })),
        ),
      ];
    }),
  );
};
