// Orders of machines on one hot wallet, the whole mutation without the graph, in different ways.
import { orderVm, orderVms } from "@tollgate/billing";
import { callerOf, type Database, newEventId, type Receipts, type Together } from "@tollgate/kit";
import { requestCaller } from "@tollgate/kit/testing";
import type postgres from "postgres";
import type { Pair } from "./billing-pairs.js";

/** More than can be ordered in all turns. */
const QUOTES = 30_000;

/**
 * Issued quotes like one that was accepted. @param owner as the owner of the tables, who sees everything.
 * @returns their ids.
 */
const copiesOf = async (owner: postgres.Sql, orderId: string): Promise<string[]> => {
  const rows = await owner<{ id: string }[]>`
    insert into quote (organisation_id, state, vm, interval, currency, price, created_at, expires_at)
    select q.organisation_id, 'ISSUED', q.vm, q.interval, q.currency, q.price, q.created_at, q.expires_at
      from quote q join customer_order o on o.quote_id = q.id cross join generate_series(1, ${QUOTES}::int)
     where o.id = ${orderId} returning id`;
  return rows.map(({ id }) => id);
};

/** Ways to order machines, on one wallet: each in a transaction of its own, sharing one behind savepoints, and together. */
export const waysToOrder = async (
  database: Database,
  owner: postgres.Sql,
  receipts: Receipts,
  { orderId, organisationId }: { orderId: string; organisationId: string },
): Promise<Record<"oneByOne" | "lane" | "together", Pair>> => {
  const caller = callerOf(requestCaller({ org: organisationId }, { deadline: Date.now() + 3_600_000 }));
  const quotes = await copiesOf(owner, orderId);
  const next = () => ({ quoteId: quotes.pop() ?? "none is left", idempotencyKey: newEventId() });
  const each = (lane?: string) => () => database.write(caller, (tx) => orderVm(tx, next(), receipts, new Date()), lane);
  const all: Together<ReturnType<typeof next>, string> = (tx, asked) => orderVms(tx, asked, receipts, new Date());
  return {
    oneByOne: each(),
    lane: each("orders"),
    together: () => database.writeTogether(caller, "orders", all, next()),
  };
};
