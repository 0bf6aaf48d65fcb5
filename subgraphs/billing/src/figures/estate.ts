import {
  type Connection,
  type Currency,
  connectionOf,
  decodeCursor,
  InvalidInputFault,
  inScope,
  isId,
  type PageArguments,
  type Tx,
} from "@tollgate/kit";
import { and, eq } from "drizzle-orm";
import { wallet } from "../ledger/ledger.schema.js";
import type { Period } from "./calendar.js";
import { chargedIn } from "./charged.js";
import { projectedFor, projecting, requirePeriod } from "./spend.js";

export interface OrganisationSpend {
  organisationId: string;
  currency: Currency;
  amount: bigint;
  projected: bigint | null;
}

type EstateSpend = Connection<OrganisationSpend> & {
  /** Of the whole estate. */
  total: bigint;
};

type Position = { amount: bigint; organisationId: string };

/** The most first. */
const inOrder = (a: Position, b: Position): number => {
  if (a.amount !== b.amount) return a.amount < b.amount ? 1 : -1;
  return a.organisationId < b.organisationId ? -1 : 1;
};

const positionOf = (after: string | null | undefined): Position | null => {
  const [amount, organisationId] = decodeCursor(after, 2) ?? [];
  if (amount === undefined) return null;
  if (
    typeof amount !== "string" ||
    !/^-?\d{1,19}$/.test(amount) ||
    typeof organisationId !== "string" ||
    !isId(organisationId)
  ) {
    throw InvalidInputFault.of("after", "MALFORMED", "This cursor is not one of this list.");
  }
  return { amount: BigInt(amount), organisationId };
};

/**
 * What organisations of the estate were charged in a period, the most first; those that were charged nothing are left
 * out. As many statements for three thousand of them as for one.
 * @throws InvalidInputFault for a period that ends before it begins.
 */
export const estateSpend = async (
  tx: Tx,
  page: PageArguments,
  period: Period,
  currency: Currency,
  at: Date,
): Promise<EstateSpend> => {
  const { from, to } = requirePeriod(period, "period");
  const after = positionOf(page.after);
  const wallets = await tx.db
    .select()
    .from(wallet)
    .where(and(inScope(tx, wallet.organisationId), eq(wallet.currency, currency)));
  const amounts = await chargedIn(
    tx,
    wallets.map(({ id }) => id),
    [from],
    to,
  );
  const spent = wallets
    .map((row) => ({ row, organisationId: row.organisationId, currency, amount: amounts.get(row.id)?.[0] ?? 0n }))
    .filter(({ amount }) => amount !== 0n)
    .sort(inOrder);
  const total = spent.reduce((sum, { amount }) => sum + amount, 0n);
  const further = after ? spent.filter((one) => inOrder(after, one) < 0) : spent;
  const { nodes, edges, ...rest } = connectionOf(further, page, (one) => [one.amount.toString(), one.organisationId]);
  const facts = await projecting(
    tx,
    nodes.map(({ row }) => row),
    at,
  );
  const shown = ({ row, ...one }: (typeof nodes)[number]): OrganisationSpend => ({
    ...one,
    projected: projectedFor(row, period, one.amount, facts),
  });
  return {
    ...rest,
    total,
    nodes: nodes.map(shown),
    edges: edges.map(({ cursor, node }) => ({ cursor, node: shown(node) })),
  };
};
