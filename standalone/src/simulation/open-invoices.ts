import type { World } from "./world.js";

/** An invoice that waits for its payment, as it is in the morning. */
export interface OpenInvoice {
  id: string;
  /** Minor units, in cents. */
  due: bigint;
  issuedAt: Date;
  dueAt: Date;
}

const DOCUMENT = `query ($after: String) { invoices(first: 100, after: $after, filter: { state: [ISSUED, OVERDUE] }) {
  nodes { id number organisation { id } amountDue { minorUnits } issuedAt dueAt } pageInfo { hasNextPage endCursor } } }`;

interface Page {
  invoices: {
    nodes: {
      id: string;
      number: string;
      organisation: { id: string };
      amountDue: { minorUnits: string };
      issuedAt: string;
      dueAt: string;
    }[];
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
  };
}

/** By organisation, the oldest first. */
export const openInvoices = async (world: World): Promise<Map<string, OpenInvoice[]>> => {
  const found: Page["invoices"]["nodes"] = [];
  const operator = world.person(world.estate.operator);
  for (let after: string | null = null; ; ) {
    const { invoices }: Page = await world.ask<Page>(DOCUMENT, { after }, operator);
    found.push(...invoices.nodes);
    if (!invoices.pageInfo.hasNextPage) break;
    after = invoices.pageInfo.endCursor;
  }
  found.sort((a, b) => (a.number < b.number ? -1 : 1));
  const byPayer = Map.groupBy(found, ({ organisation }) => organisation.id);
  return new Map(
    [...byPayer].map(([organisationId, rows]) => [
      organisationId,
      rows.map(({ id, amountDue, issuedAt, dueAt }) => ({
        ...{ id, due: BigInt(amountDue.minorUnits) },
        ...{ issuedAt: new Date(issuedAt), dueAt: new Date(dueAt) },
      })),
    ]),
  );
};
