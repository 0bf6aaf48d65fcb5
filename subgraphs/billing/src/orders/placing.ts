import {
  type Asked,
  announceAll,
  auditAll,
  ConflictFault,
  type Currency,
  Fault,
  type KnownOrganisation,
  machineDigest,
  NotFoundFault,
  newEventId,
  onceEach,
  organisationsInScope,
  type Receipts,
  requireActive,
  requireId,
  type Tx,
} from "@tollgate/kit";
import { inArray } from "drizzle-orm";
import { type LawOfFunds, lawOfFunds } from "../ledger/funds.js";
import { placeHolds } from "../ledger/holds.js";
import { walletsFor } from "../ledger/ledger.js";
import { organisationAbove } from "../organisations.js";
import { machineOf } from "../prices/config.js";
import { fraction, multiply, rounded } from "../prices/fraction.js";
import { currenciesInForce } from "../prices/prices.js";
import { type QuoteRow, quote, type VmQuoteRow, vmQuote } from "../quotes/quote.schema.js";
import { lockQuotes, personOf, requireIssued } from "../quotes/quotes.js";
import { InsufficientFundsFault } from "./order.problems.js";
import { order, type VmOrderRow, vmOrder } from "./order.schema.js";

/** Telemetry must begin within this time, or not at all. */
const START_WITHIN = 5 * 60_000;

export interface OrderWish {
  quoteId: string;
  idempotencyKey: string;
}

/**
 * Orders the quoted machines: in one transaction the quotes are accepted, the law of funds is asked under the wallets'
 * locks, the money held, the orders written and sent on their way with receipts that prove the holds. Of many at once as
 * many succeed as one after the other; the number of statements does not grow with them.
 * @returns for each the order's id, the same again for the same key and input, or by what it alone is refused:
 *   InsufficientFundsFault, QuoteExpiredFault, NotFoundFault, ForbiddenFault, ConflictFault.
 */
export const orderVms = async (
  tx: Tx,
  asked: readonly Asked<OrderWish>[],
  receipts: Receipts,
  at: Date,
): Promise<(string | Error)[]> => {
  const claims = asked.map(({ wish: { quoteId, idempotencyKey: key } }) => {
    return { organisationId: quoteId, key, operation: "orderVm", input: { quoteId } };
  });
  const results = await onceEach(tx, claims, at, async (places) => {
    const first = places.flatMap((place) => asked[place] ?? []);
    const outcomes = await place(tx, first, receipts, at);
    return outcomes.map((outcome) => (outcome instanceof Error ? outcome : { id: outcome }));
  });
  return results.map((result) => (result instanceof Error ? result : result.id));
};

/** The same for one. @throws what it is refused by. */
export const orderVm = async (tx: Tx, wish: OrderWish, receipts: Receipts, at: Date): Promise<string> => {
  const [outcome] = await orderVms(tx, [{ wish, caller: tx.caller }], receipts, at);
  if (typeof outcome !== "string") throw outcome;
  return outcome;
};

/** An order that is going to be written. */
interface Placement {
  quoted: VmQuoteRow;
  walletId: string;
  /** Minor units: the runway of the new machine, of which most comes back once it runs. */
  amount: bigint;
  orderId: string;
  holdId: string;
  asked: Asked<OrderWish>;
}

/** What `decide` gives, or by which fault of the product it is refused. */
const attempt = <T>(decide: () => T): T | Fault => {
  try {
    return decide();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
};

const isAllowed = <T>(decided: T | Fault): decided is T => !(decided instanceof Fault);

const place = async (
  tx: Tx,
  asked: readonly Asked<OrderWish>[],
  receipts: Receipts,
  at: Date,
): Promise<(string | Error)[]> => {
  const quotes = await lockQuotes(
    tx,
    asked.map(({ wish }) => wish.quoteId),
  );
  const owners = [...quotes.values()].map(({ organisationId }) => organisationId);
  const organisations = await organisationsInScope(tx, owners);
  const currencies = await currenciesInForce(tx, owners, at);
  const quoted = asked.map(({ wish }) =>
    attempt(() => chargedAsQuoted(orderable(wish, quotes, organisations, at), currencies)),
  );
  const good = quoted.filter(isAllowed);
  if (good.length === 0) return quoted.filter((one) => one instanceof Fault);
  const wallets = new Map((await walletsFor(tx, good)).map((walletId, index) => [good[index], walletId]));
  const law = await lawOfFunds(tx, [...new Set(wallets.values())], at);
  const accepted = new Set<string>();
  const decided = quoted.map((one, index) =>
    one instanceof Fault
      ? one
      : attempt((): Placement => {
          if (accepted.has(one.id)) requireIssued({ ...one, state: "ACCEPTED" }, at);
          const covered = cover(law, one, wallets.get(one) ?? "");
          accepted.add(one.id);
          const who = asked[index];
          if (!who) throw new Error("nobody asked for it");
          return { ...covered, quoted: one, orderId: newEventId(), holdId: newEventId(), asked: who };
        }),
  );
  await write(tx, decided.filter(isAllowed), receipts, at);
  return decided.map((one) => (one instanceof Fault ? one : one.orderId));
};

/** The quote, if a machine can be ordered from it. */
const orderable = (
  { quoteId }: OrderWish,
  quotes: ReadonlyMap<string, QuoteRow>,
  organisations: ReadonlyMap<string, KnownOrganisation>,
  at: Date,
): VmQuoteRow => {
  const row = quotes.get(requireId("quote", quoteId));
  if (!row) throw new NotFoundFault("quote", quoteId);
  requireIssued(row, at);
  const organisation = organisations.get(row.organisationId);
  if (!organisation) throw new NotFoundFault("organisation", row.organisationId);
  requireActive(organisation);
  const machine = vmQuote(row);
  if (!machine) throw new ConflictFault("This quote is for items of the catalogue: order those.", row.id);
  return machine;
};

/** Another wallet than the one that is asked would pay for what runs: that may well be empty. @throws ConflictFault. */
const chargedAsQuoted = (row: VmQuoteRow, currencies: ReadonlyMap<string, Currency>): VmQuoteRow => {
  const currency = currencies.get(row.organisationId) ?? row.currency;
  if (currency === row.currency) return row;
  throw new ConflictFault(`Machines are charged in ${currency} by now: ask for a new quote.`, row.id);
};

/** Sets the runway of the machine aside, as far as the law of funds allows it. */
const cover = (law: LawOfFunds, { price }: VmQuoteRow, walletId: string): { walletId: string; amount: bigint } => {
  const funds = law.ask(walletId, price.rate);
  if (!funds.allowed) throw new InsufficientFundsFault(funds, walletId);
  const amount = rounded(multiply(price.rate, fraction(BigInt(funds.runwayHours), 1n)));
  law.hold(walletId, amount);
  return { walletId, amount };
};

const write = async (tx: Tx, placements: readonly Placement[], receipts: Receipts, at: Date): Promise<void> => {
  if (placements.length === 0) return;
  const holds = placements.map(({ quoted: { organisationId, vm }, walletId, amount, orderId, holdId: id }) => {
    const what = { id, organisationId, walletId, kind: "ORDER" as const, amount };
    return { ...what, orderId, vmId: null, description: `Order of ${vm.name}`, at };
  });
  await placeHolds(tx, holds);
  const values = placements.map(({ quoted, walletId, orderId: id, holdId, asked }) => {
    const { organisationId, currency, vm, price, id: quoteId } = quoted;
    const parties = { organisationId, sellerId: organisationAbove(organisationId), placedBy: personOf(asked) };
    const what = { id, quoteId, walletId, holdId, vm, currency, rate: price.rate, total: price.total };
    return { ...parties, ...what, state: "PLACED" as const, placedAt: at };
  });
  const rows = (await tx.db.insert(order).values(values).returning()).map(vmOrder);
  const quoteIds = placements.map(({ quoted }) => quoted.id);
  await tx.db.update(quote).set({ state: "ACCEPTED" }).where(inArray(quote.id, quoteIds));
  await send(tx, rows, receipts, at);
  const byId = new Map(placements.map((one) => [one.orderId, one]));
  const records = rows.flatMap((row) => {
    const { asked, quoted } = byId.get(row.id) ?? {};
    if (!asked) return [];
    const what = { action: "order:place", resource: "order", resourceId: row.id, organisationId: row.organisationId };
    const after = { number: row.number, quote: quoted?.number, vm: row.vm, total: row.total };
    return [{ ...what, caller: asked.caller, after }];
  });
  await auditAll(tx, "billing", records);
};

const send = async (tx: Tx, rows: readonly VmOrderRow[], receipts: Receipts, at: Date): Promise<void> => {
  const startBefore = new Date(at.getTime() + START_WITHIN);
  const events = rows.map(async ({ id: orderId, organisationId, holdId, vm: ordered }) => {
    const vm = machineOf(ordered);
    const receipt = await receipts.sign({ holdId, orderId, organisationId, digest: machineDigest(vm), startBefore });
    return { aggregateId: orderId, organisationId, payload: { orderId, organisationId, receipt, vm } };
  });
  await announceAll(tx, "order.placed", await Promise.all(events));
};
