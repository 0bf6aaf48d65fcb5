import type { PgDatabase } from "drizzle-orm/pg-core";
import type { PostgresJsQueryResultHKT } from "drizzle-orm/postgres-js";
import type { TransactionSql } from "postgres";
import type { Caller } from "../caller/caller.js";
import type { OrganisationKind } from "../protocol/caller.js";
import type { OrganisationStatus } from "../protocol/tenancy.js";

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

/** What one of many wants, and who he is. */
export interface Asked<Wish> {
  readonly wish: Wish;
  readonly caller: Caller;
}

/**
 * Fulfils the wishes of many who see the same with one set of statements, however many they are. The transaction was
 * entered as one of them: what belongs to a person is taken from each one's own caller.
 * @returns for each, in their order, what it gave, or the error by which it alone is refused and for which nothing was
 *   written. Where it throws, all is undone and each is tried alone.
 */
export type Together<Wish, Result> = (tx: Tx, asked: readonly Asked<Wish>[]) => Promise<readonly (Result | Error)[]>;
