import { randomUUID } from "node:crypto";
import { Database, databaseAddresses, Fault, once, type Tx } from "@tollgate/kit";
import { TEST_SECRET, type TestSubgraph } from "@tollgate/kit/testing";
import fc from "fast-check";
import { captureHold, placeHold, releaseHold } from "../ledger/holds.js";
import { creditWallet, type Leg, postEntry, walletFor } from "../ledger/ledger.js";
import { system } from "./arrange.js";

const NOW = new Date("2026-05-04T09:00:00Z");
const APPLICATION = "storm";

/** Something that somebody wants of a wallet; `part` of what a hold has is taken, in hundredths. */
export interface Wish {
  kind: "TOP_UP" | "HOLD" | "CAPTURE" | "PARTIAL" | "RELEASE" | "CHARGE" | "CHARGEBACK" | "ADJUST" | "TRANSFER";
  /** Every other one is for the first wallet, which all writers meet at. */
  wallet: number;
  other: number;
  amount: bigint;
  part: number;
}

/** Wishes as fast-check makes them up. */
export const wishes = (most: number): fc.Arbitrary<Wish[]> =>
  fc.array(
    fc.record({
      kind: fc.constantFrom<Wish["kind"]>(
        ...(["TOP_UP", "HOLD", "HOLD", "CAPTURE", "PARTIAL", "RELEASE", "CHARGE"] as const),
        ...(["CHARGEBACK", "ADJUST", "TRANSFER"] as const),
      ),
      wallet: fc.oneof(fc.constant(0), fc.nat(7)),
      other: fc.nat(7),
      amount: fc.bigInt({ min: 1n, max: 400n }),
      part: fc.integer({ min: 1, max: 100 }),
    }),
    { minLength: most, maxLength: most },
  );

/** What became of a wish. LOST: the connection broke before an answer, so nobody knows yet. */
export type Outcome = "DONE" | "NOTHING" | "REFUSED" | "LOST";

interface Paid {
  organisationId: string;
  walletId: string;
}

/** Writers over some wallets of which the first is hot, the last has credit, and connections that die. */
export class Storm {
  readonly outcomes = new Map<string, { wish: Wish; first: Outcome; last: Outcome }>();
  kills = 0;
  private readonly holds: { id: string; amount: bigint }[] = [];

  private constructor(
    private readonly database: Database,
    private readonly admin: Database,
    readonly wallets: readonly Paid[],
  ) {}

  /** @param creditLimit of the last wallet. */
  static async over(billing: TestSubgraph, creditLimit: bigint): Promise<Storm> {
    const login = databaseAddresses("billing", billing.databaseUrl, null, TEST_SECRET).login;
    const database = new Database(login, { connections: 12, applicationName: APPLICATION });
    const wallets = await system(billing.subgraph, async (tx) => {
      const made: Paid[] = [];
      for (let index = 0; index < 8; index += 1) {
        const organisationId = randomUUID();
        made.push({ organisationId, walletId: await walletFor(tx, organisationId, "ZAR") });
      }
      await tx.sql`select set_credit_limit(${made.at(-1)?.walletId ?? null}, ${creditLimit.toString()})`;
      return made;
    });
    const address = new URL(billing.databaseUrl);
    address.searchParams.set("search_path", "billing");
    return new Storm(database, new Database(address.toString(), { connections: 1, applicationName: "tests" }), wallets);
  }

  async end(): Promise<void> {
    await Promise.all([this.database.close(), this.admin.close()]);
  }

  /** All wishes by so many writers; a connection is killed after every so many answers. */
  async rage(all: readonly Wish[], writers: number, killEvery: number): Promise<void> {
    const left = all.map((wish) => ({ wish, key: randomUUID() }));
    let answered = 0;
    const write = async () => {
      for (let next = left.pop(); next; next = left.pop()) {
        const { wish, key } = next;
        const first = await this.ask(wish, key);
        this.outcomes.set(key, { wish, first, last: first });
        answered += 1;
        if (answered % killEvery === 0) await this.kill();
      }
    };
    const ends = await Promise.allSettled(Array.from({ length: writers }, write));
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  }

  /** Asks again, with the same keys, for what was answered or lost: nothing is done twice, and nothing stays unknown. */
  async askAgain(): Promise<void> {
    for (const [key, known] of this.outcomes) {
      if (known.first === "REFUSED") continue;
      known.last = await this.ask(known.wish, key);
    }
  }

  /** Entries that each wish wrote, by its key. */
  async entries(): Promise<Map<string, number>> {
    const keys = [...this.outcomes.keys()];
    const rows = await this.admin.system(
      "storm",
      (tx) => tx.sql<{ description: string; n: number }[]>`
        select description, count(*)::int as n from entry where description = any(${keys}) group by description`,
    );
    return new Map(rows.map(({ description, n }) => [description, n]));
  }

  private async kill(): Promise<void> {
    const killed = await this.admin.system(
      "storm",
      (tx) => tx.sql`
        select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name = ${APPLICATION} and state <> 'idle'
         order by random() limit 1`,
    );
    this.kills += killed.length;
  }

  private async ask(wish: Wish, key: string): Promise<Outcome> {
    const wallet = this.wallets[wish.wallet % this.wallets.length];
    if (!wallet) throw new Error("no wallet");
    const hold = this.holds[wish.amount > 0n ? Number(wish.amount) % Math.max(this.holds.length, 1) : 0];
    const claim = { organisationId: wallet.organisationId, key, operation: "storm", input: { key } };
    try {
      const outcome = await this.database.system("storm", (tx) =>
        once(tx, claim, NOW, async () => ((await this.does(tx, wish, wallet, hold, key)) ? "DONE" : "NOTHING")),
      );
      // Known to others once it is committed; it has the key of its wish for an id.
      if (wish.kind === "HOLD") this.holds.push({ id: key, amount: wish.amount });
      return outcome;
    } catch (error) {
      if (error instanceof Fault && error.code === "UNAVAILABLE") return "LOST";
      if (error instanceof Fault && (error.code === "INSUFFICIENT_FUNDS" || error.code === "CONFLICT"))
        return "REFUSED";
      throw error;
    }
  }

  /** @returns false where there was nothing to be done. */
  private async does(
    tx: Tx,
    { kind, other, amount, part }: Wish,
    wallet: Paid,
    hold: Storm["holds"][number] | undefined,
    description: string,
  ): Promise<boolean> {
    const { organisationId, walletId } = wallet;
    const about = { description, at: NOW };
    const post = async (entryKind: Parameters<typeof postEntry>[1]["kind"], legs: Leg[]) => {
      await postEntry(tx, { organisationId, kind: entryKind, description, eventAt: NOW, legs });
      return true;
    };
    switch (kind) {
      case "TOP_UP": {
        const credit = {
          organisationId,
          currency: "ZAR" as const,
          minorUnits: 2n * amount,
          idempotencyKey: `c ${description}`,
        };
        await creditWallet(tx, { ...credit, ...about });
        return true;
      }
      case "HOLD": {
        const wanted = { ...wallet, kind: "ORDER" as const, amount, orderId: null, vmId: null };
        await placeHold(tx, { ...wanted, ...about, id: description });
        return true;
      }
      case "RELEASE":
        return hold !== undefined && releaseHold(tx, { holdId: hold.id, ...about });
      case "CAPTURE":
      case "PARTIAL": {
        if (!hold) return false;
        const taken = (hold.amount * BigInt(part)) / (kind === "CAPTURE" ? 100n : 1_000n);
        const capture = { holdId: hold.id, amount: taken, kind: "CAPTURE" as const, ...about };
        return captureHold(tx, { ...capture, releaseAs: kind === "CAPTURE" ? description : null });
      }
      case "CHARGE":
        return post("USAGE", [
          { walletId, account: "WALLET", amount: -amount },
          { walletId, account: "REVENUE", amount: amount - amount / 8n },
          ...(amount >= 8n ? [{ walletId, account: "TAX" as const, amount: amount / 8n }] : []),
        ]);
      case "CHARGEBACK":
        return post("CHARGEBACK", [
          { walletId, account: "RECEIVABLE", amount: -amount, onInvoice: part > 50 },
          { walletId, account: "PROVIDER_CLEARING", amount },
        ]);
      case "ADJUST":
        return post("ADJUSTMENT", [
          { walletId, account: "WALLET", amount: part > 50 ? amount : -amount },
          { walletId, account: "WRITE_OFF", amount: part > 50 ? -amount : amount },
        ]);
      case "TRANSFER": {
        const to = this.wallets[other % this.wallets.length];
        if (!to || to.walletId === walletId) return false;
        return post("ADJUSTMENT", [
          { walletId, account: "WALLET", amount: -amount },
          { walletId: to.walletId, account: "WALLET", amount },
        ]);
      }
    }
  }
}
