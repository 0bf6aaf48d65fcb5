import type { Context } from "@opentelemetry/api";
import type { TransactionSql } from "postgres";
import { activeContext, beginSpan, failed, isPartOfTrace, type Span } from "./tracing.js";

/** Statements are told without their values, and of very long ones the beginning. */
const LONGEST_TEXT = 2_000;

/** What is overridden of the driver's lazy queries; its types do not name it. */
interface LazyQuery {
  executed: boolean;
  /** The text with placeholders, once it was sent. */
  string?: string;
  handle(): Promise<void>;
  resolve(value: unknown): unknown;
  reject(error: unknown): unknown;
}

/**
 * The same transaction, each statement of which is a span below the transaction's, whoever sends it; the very same while
 * nobody collects traces. Fragments that become part of another statement are none of their own.
 */
export const tracedStatements = <Sql extends TransactionSql<never> | TransactionSql<{ bigint: bigint }>>(
  sql: Sql,
  subgraph: string,
): Sql => {
  if (!isPartOfTrace()) return sql;
  const within = activeContext();
  return new Proxy(sql, {
    apply: (target, self, given) => traced(Reflect.apply(target, self, given), subgraph, within),
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key);
      if (key !== "unsafe" || typeof value !== "function") return value;
      return (...given: unknown[]) => traced(Reflect.apply(value, target, given), subgraph, within);
    },
  });
};

const traced = (made: unknown, subgraph: string, within: Context): unknown => {
  if (!isQuery(made)) return made;
  let span: Span | null = null;
  const { handle, resolve, reject } = made;
  const end = (): void => {
    span?.setAttribute("db.query.text", (made.string ?? "").slice(0, LONGEST_TEXT));
    span?.end();
    span = null;
  };
  made.handle = () => {
    if (!made.executed) span = beginSpan("statement", { "tollgate.subgraph": subgraph }, within);
    return handle.call(made);
  };
  made.resolve = (value) => {
    end();
    return resolve(value);
  };
  made.reject = (error) => {
    if (span) failed(span, error);
    end();
    return reject(error);
  };
  return made;
};

const isQuery = (made: unknown): made is LazyQuery =>
  made instanceof Promise && "handle" in made && "resolve" in made && "reject" in made && "executed" in made;
