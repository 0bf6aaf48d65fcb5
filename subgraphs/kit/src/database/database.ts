import { AsyncLocalStorage } from "node:async_hooks";
import { PgDatabase, PgDialect } from "drizzle-orm/pg-core";
import { drizzle } from "drizzle-orm/postgres-js";
import { PostgresJsSession } from "drizzle-orm/postgres-js/session";
import postgres, { type TransactionSql } from "postgres";
import { isUnrecorded, noteEnd } from "../audit/mutations.js";
import { type Caller, systemCaller } from "../caller/caller.js";
import { faultOfDatabaseError } from "../faults/database-errors.js";
import { UnauthenticatedFault } from "../faults/fault.js";
import { meters } from "../observe/meters.js";
import { tracedStatements } from "../observe/statements.js";
import { inSpan } from "../observe/tracing.js";
import { changedRows, isMore } from "./changed-rows.js";
import { enter } from "./entering.js";
import { Lanes, type Outcome } from "./lanes.js";
import { statementWatch } from "./statement-watch.js";
import type { Asked, Queries, Together, Tx } from "./tx.js";

export type { Asked, Queries, Scope, Together, Tx } from "./tx.js";

export interface DatabaseOptions {
  /** Connections at most. */
  connections: number;
  pooled?: boolean;
  applicationName: string;
  /** Under which its statements are counted; `applicationName` when left out. */
  subgraph?: string;
}

/** Notices tell of what "if not exists" found; nobody waits for them. */
export const ignoreNotice = (): void => undefined;

const inWriteTransaction = new AsyncLocalStorage<true>();

/** Hashing, network and waiting have no place between BEGIN and COMMIT, where locks are held. */
export const refuseInTransaction = (what: string): void => {
  if (inWriteTransaction.getStore()) throw new Error(`${what} inside a transaction`);
};

/** Runs `work` outside of the transaction that the caller may be in: background work it merely starts. */
export const outsideTransaction = <T>(work: () => T): T => inWriteTransaction.exit(work);

type Mode = "read only" | "read write";
type Sql = TransactionSql<{ bigint: bigint }>;

/** The database of one subgraph, as its login role. */
export class Database {
  private readonly client: postgres.Sql<{ bigint: bigint }>;
  private readonly dialect = new PgDialect();
  private readonly name: string;
  private readonly isPooled: boolean;
  /** Kinds of work that wishes are fulfilled by, numbered. */
  private readonly kinds = new WeakMap<object, number>();
  private lastKind = 0;
  private readonly lanes = new Lanes((work) => this.begin("read write", work));

  constructor(url: string, options: DatabaseOptions) {
    this.name = options.subgraph ?? options.applicationName;
    this.isPooled = options.pooled ?? false;
    this.client = postgres(url, {
      max: options.connections,
      prepare: !options.pooled,
      connect_timeout: 5,
      idle_timeout: 60,
      onnotice: ignoreNotice,
      connection: { application_name: options.applicationName },
      types: { bigint: postgres.BigInt },
      debug: statementWatch(this.name),
    });
    drizzle(this.client); // sets the client's codecs to drizzle's, for the transactions below
  }

  /** A READ ONLY transaction as the caller. */
  read<T>(caller: Caller, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.run("read only", caller, work, (within) => this.alone("read only", within));
  }

  /**
   * A transaction as the caller, committed when `work` resolves.
   * @param lane of writers that wait for the same row: those who come at the same time share a transaction, see `Lanes`.
   *   The work of one must not depend on when that of another commits. Only for callers with a deadline.
   */
  write<T>(caller: Caller, work: (tx: Tx) => Promise<T>, lane?: string): Promise<T> {
    const shared = caller.deadline === null ? undefined : lane;
    return inWriteTransaction.run(true, () =>
      this.run("read write", caller, work, (within) => {
        const alone = () => this.alone("read write", within);
        return shared === undefined ? alone() : this.lanes.pass(shared, { alone, within });
      }),
    );
  }

  /**
   * A wish that is fulfilled with those of others who come at the same time to the same lane and see the same, by one
   * transaction and one set of statements; alone where nobody else comes.
   * @param work the very same function for who shall go together.
   * @throws what `work` gave as this wish's error.
   */
  writeTogether<Wish, Result>(caller: Caller, lane: string, work: Together<Wish, Result>, wish: Wish): Promise<Result> {
    const asked: Asked<Wish> = { wish, caller };
    const alone = async (tx: Tx): Promise<Result> => {
      const [result] = await work(tx, [asked]);
      if (result instanceof Error) throw result;
      return result as Result; // one for each wish
    };
    return inWriteTransaction.run(true, () =>
      this.run("read write", caller, alone, (within) => {
        // A request has an end, and waits for nobody who has none.
        if (caller.deadline === null && caller.kind !== "SYSTEM") return this.alone("read write", within);
        return this.lanes.pass(lane, {
          alone: () => this.alone("read write", within),
          party: this.partyOf(work, caller),
          wish: asked,
          jointly: (sql, begun, all) => this.jointly(sql, begun, work, all as readonly Asked<Wish>[]), // as those of its party are
        });
      }),
    );
  }

  /** A transaction of a job or event handler, which sees the whole tree; `name` says who it was. */
  system<T>(name: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.write(systemCaller(name), work);
  }

  /** @throws UnavailableFault when the database does not answer. */
  async ping(): Promise<void> {
    try {
      await this.client`select 1`;
    } catch (error) {
      throw faultOfDatabaseError(error) ?? error;
    }
  }

  /** Lets statements under way finish, for at most 5 s. */
  async close(): Promise<void> {
    await this.client.end({ timeout: 5 });
  }

  private async run<T>(
    mode: Mode,
    caller: Caller,
    work: (tx: Tx) => Promise<T>,
    transact: (within: Within<T>) => Promise<Worked<T>>,
  ): Promise<T> {
    if (caller.kind === "ANONYMOUS") throw new UnauthenticatedFault();
    const attributes = { "tollgate.subgraph": this.name };
    const timed = meters.transactions.startTimer({ subgraph: this.name, mode });
    let outcome = "rolled back";
    try {
      const { value, changed } = await inSpan(
        `transaction ${mode}`,
        { attributes, kind: "client", onlyAsPart: true },
        () => transact((sql, begun) => this.within(sql, begun, mode, caller, work)),
      );
      outcome = "committed";
      if (mode === "read write") noteEnd(caller, true, changed);
      return value;
    } catch (error) {
      if (mode === "read write") noteEnd(caller, false, false);
      throw faultOfDatabaseError(error) ?? error;
    } finally {
      timed({ outcome });
    }
  }

  private alone<T>(mode: Mode, within: Within<T>): Promise<Worked<T>> {
    return this.begin(mode, within);
  }

  /**
   * Entering goes with BEGIN, without waiting for its answer between. A pooler that lends connections by the transaction
   * has first to be told that there is one.
   */
  private async begin<Result extends object>(mode: Mode, work: Begun<Result>): Promise<Result> {
    const result = this.isPooled
      ? await this.client.begin(mode, (sql) => work(sql, Promise.resolve()))
      : await this.client.beginAhead(mode, work);
    return result as Result; // the driver unwraps arrays of promises in its result type; ours is an object
  }

  private async within<T>(
    plain: Sql,
    begun: Promise<unknown>,
    mode: Mode,
    caller: Caller,
    work: (tx: Tx) => Promise<T>,
  ): Promise<Worked<T>> {
    const tx = await this.entered(plain, begun, caller);
    const { sql } = tx;
    const isWatched = mode === "read write" && isUnrecorded(caller);
    // Sent ahead of the work on this connection, and awaited only where it turns out to be needed.
    const before = isWatched ? changedRows(sql).execute() : null;
    const value = await work(tx);
    const changed = before !== null && isUnrecorded(caller) && (await isMore(before, changedRows(sql)));
    return { value, changed };
  }

  private async entered(plain: Sql, begun: Promise<unknown>, caller: Caller): Promise<Tx> {
    const sql = tracedStatements(plain, this.name);
    const scope = await enter(sql, caller, begun);
    // A TransactionSql has everything of Sql that a session calls (`unsafe`); its type is merely declared apart.
    const session = new PostgresJsSession(sql as never, this.dialect, undefined, {});
    const db: Queries = new PgDatabase(this.dialect, session as never, undefined);
    return { db, sql, caller, scope };
  }

  /** As the one of them who waits longest: what ends with an earlier deadline would end for all. */
  private async jointly<Wish, Result>(
    sql: Sql,
    begun: Promise<unknown>,
    work: Together<Wish, Result>,
    asked: readonly Asked<Wish>[],
  ): Promise<Outcome[]> {
    const [last] = asked.toSorted((a, b) => endOf(b) - endOf(a));
    if (!last) return [];
    const results = await work(await this.entered(sql, begun, last.caller), asked);
    // Each tells the trail of itself, so that nothing is left to be found out about changed rows.
    return results.map((result) =>
      result instanceof Error ? { error: result } : { value: { value: result, changed: false } },
    );
  }

  /** Who sees the same and wants the same kind of thing. */
  private partyOf(work: object, caller: Caller): string {
    let number = this.kinds.get(work);
    if (number === undefined) {
      this.lastKind += 1;
      number = this.lastKind;
      this.kinds.set(work, number);
    }
    const whose = caller.kind === "USER" ? `${caller.organisationId} ${caller.narrowedOrganisationId}` : caller.kind;
    return `${number} ${whose}`;
  }
}

/** Who has no deadline waits longest. */
const endOf = ({ caller }: Asked<unknown>): number => caller.deadline ?? Number.MAX_SAFE_INTEGER;

/** Work that is handed a transaction when BEGIN was sent, and the promise of its answer. */
type Begun<Result> = (sql: Sql, begun: Promise<unknown>) => Promise<Result>;
type Within<T> = Begun<Worked<T>>;

/** What work gave, and whether it changed rows (only known where no record tells of it). */
interface Worked<T> {
  value: T;
  changed: boolean;
}
