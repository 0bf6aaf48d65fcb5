// News that ordered machines run, of many customers at once: the first hour of each is taken and its reserve set aside.
import { followProvisioning, type NewHold, placeHolds } from "@tollgate/billing";
import { type Database, type EventHandler, type EventsHandler, Inbox, newEventId } from "@tollgate/kit";
import type { DeliveredEvent } from "@tollgate/kit/protocol";
import type postgres from "postgres";
import type { PaidWallet, Pair } from "./billing-pairs.js";

/** More than can begin to run in all turns. */
const ORDERS = 20_000;
const AT_ONCE = 1_000;
const AMOUNT = 15_000n;

/** Orders like another one, with their holds, in turn of all wallets. @param owner as the owner of the tables. */
const addOrders = async (
  database: Database,
  owner: postgres.Sql,
  modelId: string,
  wallets: readonly PaidWallet[],
): Promise<void> => {
  const holds = Array.from({ length: AT_ONCE }, (_, nth): (NewHold & { id: string; orderId: string })[] => {
    const paid = wallets[nth % wallets.length];
    const about = { id: newEventId(), orderId: newEventId(), vmId: null, kind: "ORDER" as const, amount: AMOUNT };
    return paid ? [{ ...paid, ...about, description: "", at: new Date() }] : [];
  }).flat();
  await database.system("bench", (tx) => placeHolds(tx, holds));
  const column = (of: (hold: (typeof holds)[number]) => string) => holds.map(of);
  await owner`
    with made as materialized (
      select * from unnest(${column(({ orderId }) => orderId)}::uuid[], ${column(({ id }) => id)}::uuid[],
        ${column(({ organisationId }) => organisationId)}::uuid[], ${column(({ walletId }) => walletId)}::uuid[],
        ${column(() => newEventId())}::uuid[]) u(id, hold_id, organisation_id, wallet_id, quote_id)
    ), quoted as (
      insert into quote (id, organisation_id, state, vm, interval, currency, price, created_at, expires_at)
        select m.quote_id, m.organisation_id, 'ACCEPTED', q.vm, q.interval, q.currency, q.price, q.created_at, q.expires_at
          from made m, customer_order o join quote q on q.id = o.quote_id where o.id = ${modelId})
    insert into customer_order (id, organisation_id, state, quote_id, wallet_id, hold_id, vm, rate, total, currency, placed_at)
      select m.id, m.organisation_id, 'PLACED', m.quote_id, m.wallet_id, m.hold_id, o.vm, o.rate, o.total, o.currency, o.placed_at
        from made m, customer_order o where o.id = ${modelId}`;
};

const runningOf = ({
  id,
  organisation_id: organisationId,
}: {
  id: string;
  organisation_id: string;
}): DeliveredEvent => {
  const type = "provisioning.changed";
  const payload = { orderId: id, organisationId, state: "RUNNING", vmId: newEventId(), reason: null, at: new Date() };
  const about = { id: newEventId(), type, aggregateId: id, aggregateVersion: 1n, organisationId };
  return { ...about, occurredAt: new Date(), payload, sealed: null };
};

/** Ways to take such news from the inbox: each by itself, and those that come at once together. */
export const waysToBegin = async (
  database: Database,
  owner: postgres.Sql,
  modelId: string,
  wallets: readonly PaidWallet[],
): Promise<Record<"oneByOne" | "together", Pair>> => {
  for (let made = 0; made < ORDERS; made += AT_ONCE) await addOrders(database, owner, modelId, wallets);
  const placed = await owner<{ id: string; organisation_id: string }[]>`
    select id, organisation_id from customer_order where state = 'PLACED' and hold_id is not null and id <> ${modelId}`;
  const next = () => {
    const one = placed.pop();
    if (!one) throw new Error("no order is left");
    return runningOf(one);
  };
  const follow: EventsHandler["together"] = (tx, events) => followProvisioning(tx, events, new Date());
  const inbox = (handler: EventsHandler | EventHandler[]) =>
    new Inbox("billing", database, new Map([["provisioning.changed", handler]]), () => undefined);
  const [alone, together] = [inbox([(tx, event) => follow(tx, [event])]), inbox({ together: follow })];
  return { oneByOne: () => alone.receive(next()), together: () => together.receive(next()) };
};
