import type { TransactionSql } from "postgres";

/** Rows of the schema that this connection has changed since it last told the statistics; locks alone are no change. */
export const changedRows = (sql: TransactionSql<{ bigint: bigint }>) => sql<{ rows: bigint | null }[]>`
  select sum(pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
      + pg_stat_get_xact_tuples_deleted(oid))::bigint as rows
    from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r'`;

type RowCount = PromiseLike<readonly { rows: bigint | null }[]>;

export const isMore = async (before: RowCount, after: RowCount): Promise<boolean> => {
  const [[earlier], [later]] = await Promise.all([before, after]);
  return (later?.rows ?? 0n) > (earlier?.rows ?? 0n);
};
