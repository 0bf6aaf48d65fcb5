import { AsyncLocalStorage } from "node:async_hooks";
import { PgDatabase, PgDialect } from "drizzle-orm/pg-core";
import { drizzle, type PostgresJsQueryResultHKT } from "drizzle-orm/postgres-js";
import { PostgresJsSession } from "drizzle-orm/postgres-js/session";
import postgres, { type TransactionSql } from "postgres";
import { isUnrecorded, noteEnd } from "../audit/mutations.js";
import { type Caller, systemCaller } from "../caller/caller.js";
import { faultOfDatabaseError } from "../faults/database-errors.js";
import { UnauthenticatedFault } from "../faults/fault.js";
import { meters } from "../observe/meters.js";
import { tracedStatements } from "../observe/statements.js";
import { inSpan } from "../observe/tracing.js";
import type { OrganisationKind } from "../protocol/caller.js";
import type { OrganisationStatus } from "../protocol/tenancy.js";
import { Lanes } from "./lanes.js";

/** The query builder within a transaction. */
export type Queries = PgDatabase<PostgresJsQueryResultHKT>;

/** What a transaction may see: an organisation and all below it, or everything for a system caller. */
export type Scope =
  | {
      everything: false;
      path: string;
      organisationId: string;
      kind: OrganisationKind;
      /** Effective status of the organisation. */
      status: OrganisationStatus;
      /** The organisations of the scope where there are at most 100 of them, else null. */
      organisationIds: readonly string[] | null;
    }
  | { everything: true };

/** A transaction that was entered as a caller. */
export interface Tx {
  /** Drizzle's query builder. */
  readonly db: Queries;
  /** The driver's tagged template, for database functions. Timestamps arrive as text here. */
  readonly sql: TransactionSql<{ bigint: bigint }>;
  readonly caller: Caller;
  readonly scope: Scope;
}

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

const statementListeners = new Set<(statement: string) => void>();

/**
 * The statements that transactions of people send to any database of this process while `work` runs: those of
 * background work, and BEGIN and COMMIT, are left out.
 */
export const countStatements = async (work: () => Promise<unknown>): Promise<string[]> => {
  const statements: string[] = [];
  const listener = (statement: string) => statements.push(statement);
  statementListeners.add(listener);
  try {
    await work();
  } finally {
    statementListeners.delete(listener);
  }
  return statements;
};

/**
 * Counts all statements, and tells the listeners what a connection sends on behalf of people: from entering as one of them
 * until the end.
 */
const statementWatch = (name: string) => {
  const entered = new Set<number>();
  const sent = meters.statements.labels({ subgraph: name });
  return (connection: number, statement: string): void => {
    sent.inc();
    if (statementListeners.size === 0) return;
    if (/from enter\(/.test(statement)) entered.add(connection);
    if (/^(commit|rollback|begin)\b/i.test(statement)) entered.delete(connection);
    if (entered.has(connection)) for (const listener of statementListeners) listener(statement);
  };
};

type Mode = "read only" | "read write";
type Sql = TransactionSql<{ bigint: bigint }>;

/** The database of one subgraph, as its login role. */
export class Database {
  private readonly client: postgres.Sql<{ bigint: bigint }>;
  private readonly dialect = new PgDialect();
  private readonly name: string;
  private readonly lanes = new Lanes((work) => this.client.begin("read write", work));

  constructor(url: string, options: DatabaseOptions) {
    this.name = options.subgraph ?? options.applicationName;
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
    return this.run("read only", caller, work);
  }

  /**
   * A transaction as the caller, committed when `work` resolves.
   * @param lane of writers that wait for the same row: those who come at the same time share a transaction, see `Lanes`.
   *   The work of one must not depend on when that of another commits. Only for callers with a deadline.
   */
  write<T>(caller: Caller, work: (tx: Tx) => Promise<T>, lane?: string): Promise<T> {
    const shared = caller.deadline === null ? undefined : lane;
    return inWriteTransaction.run(true, () => this.run("read write", caller, work, shared));
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

  private async run<T>(mode: Mode, caller: Caller, work: (tx: Tx) => Promise<T>, lane?: string): Promise<T> {
    if (caller.kind === "ANONYMOUS") throw new UnauthenticatedFault();
    const attributes = { "tollgate.subgraph": this.name };
    const timed = meters.transactions.startTimer({ subgraph: this.name, mode });
    let outcome = "rolled back";
    try {
      const { value, changed } = await inSpan(
        `transaction ${mode}`,
        { attributes, kind: "client", onlyAsPart: true },
        () => this.transact(mode, caller, work, lane),
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

  private transact<T>(mode: Mode, caller: Caller, work: (tx: Tx) => Promise<T>, lane?: string): Promise<Worked<T>> {
    const within = (sql: Sql) => this.within(sql, mode, caller, work);
    const alone = async () => (await this.client.begin(mode, within)) as Worked<T>; // the driver unwraps arrays of promises in its result type; ours is an object
    return lane === undefined ? alone() : this.lanes.pass(lane, { alone, within });
  }

  private async within<T>(plain: Sql, mode: Mode, caller: Caller, work: (tx: Tx) => Promise<T>): Promise<Worked<T>> {
    const sql = tracedStatements(plain, this.name);
    const scope = await enter(sql, caller);
    // A TransactionSql has everything of Sql that a session calls (`unsafe`); its type is merely declared apart.
    const session = new PostgresJsSession(sql as never, this.dialect, undefined, {});
    const db: Queries = new PgDatabase(this.dialect, session as never, undefined);
    const isWatched = mode === "read write" && isUnrecorded(caller);
    // Sent ahead of the work on this connection, and awaited only where it turns out to be needed.
    const before = isWatched ? changedRows(sql).execute() : null;
    const value = await work({ db, sql, caller, scope });
    const changed = before !== null && isUnrecorded(caller) && (await isMore(before, changedRows(sql)));
    return { value, changed };
  }
}

/** What work gave, and whether it changed rows (only known where no record tells of it). */
interface Worked<T> {
  value: T;
  changed: boolean;
}

/** Rows of the schema that this connection has changed since it last told the statistics; locks alone are no change. */
const changedRows = (sql: TransactionSql<{ bigint: bigint }>) => sql<{ rows: bigint | null }[]>`
  select sum(pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
      + pg_stat_get_xact_tuples_deleted(oid))::bigint as rows
    from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r'`;

type RowCount = PromiseLike<readonly { rows: bigint | null }[]>;

const isMore = async (before: RowCount, after: RowCount): Promise<boolean> => {
  const [[earlier], [later]] = await Promise.all([before, after]);
  return (later?.rows ?? 0n) > (earlier?.rows ?? 0n);
};

interface Entered {
  path: string;
  organisation_id: string;
  kind: OrganisationKind;
  status: OrganisationStatus;
  organisation_ids: string[] | null;
}

const enter = async (sql: TransactionSql<{ bigint: bigint }>, caller: Caller): Promise<Scope> => {
  const milliseconds = caller.deadline === null ? null : Math.max(1, Math.ceil(caller.deadline - Date.now()));
  if (caller.kind === "SYSTEM") {
    // Sent ahead of what follows on this connection, and not waited for: should it fail, so does the transaction.
    void sql`select enter_system(${milliseconds})`.execute();
    return { everything: true };
  }
  if (caller.kind === "ANONYMOUS") throw new UnauthenticatedFault();
  const [row] = await sql<Entered[]>`
    select * from enter(${caller.organisationId}, ${caller.narrowedOrganisationId}, ${milliseconds})`;
  if (!row) throw new Error("enter() gave no row");
  return {
    everything: false,
    path: row.path,
    organisationId: row.organisation_id,
    kind: row.kind,
    status: row.status,
    organisationIds: row.organisation_ids,
  };
};
