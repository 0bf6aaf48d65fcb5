import type { Database, Tx } from "../database/database.js";

const PARTITIONS = 16;
const LEASE_SECONDS = 5;
const RENEW_MILLISECONDS = 1_500;

/** The partitions of the outbox that one relay may work on, each with its fence. */
export class Leases {
  private held = new Map<number, bigint>();
  private renewedAt = 0;

  constructor(
    private readonly database: Database,
    private readonly holder: string,
  ) {}

  /** Renews what is held and takes what nobody holds; asks the database only when it is time to. */
  async hold(): Promise<ReadonlyMap<number, bigint>> {
    if (Date.now() - this.renewedAt < RENEW_MILLISECONDS) return this.held;
    const rows = await this.database.system(
      "relay",
      (tx) => tx.sql<{ partition: number; fence: bigint }[]>`
        insert into outbox_lease as l (partition, holder, until, fence)
        select p, ${this.holder}, now() + ${LEASE_SECONDS} * interval '1 second', 1 from generate_series(0, ${PARTITIONS - 1}) p
        on conflict (partition) do update set until = excluded.until,
          fence = case when l.holder = excluded.holder then l.fence else l.fence + 1 end, holder = excluded.holder
          where l.holder = excluded.holder or l.until < now()
        returning partition, fence`,
    );
    this.held = new Map(rows.map((row) => [row.partition, row.fence]));
    this.renewedAt = Date.now();
    return this.held;
  }

  /** Those of `held` that are still ours, locked until the transaction ends. */
  async stillHeld(tx: Tx, held: ReadonlyMap<number, bigint>): Promise<Set<number>> {
    const rows = await tx.sql<{ partition: number; fence: bigint }[]>`
      select partition, fence from outbox_lease where holder = ${this.holder} for share`;
    return new Set(rows.filter((row) => held.get(row.partition) === row.fence).map((row) => row.partition));
  }

  /** Gives everything back, so that another relay need not wait. */
  async release(): Promise<void> {
    await this.database.system("relay", (tx) => tx.sql`delete from outbox_lease where holder = ${this.holder}`);
    this.held = new Map();
  }
}
