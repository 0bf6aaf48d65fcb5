import { explained, type PriceLineKind } from "../prices/calculation.js";
import { type PriceLine, shownLine } from "../prices/config.types.js";
import type { InvoiceLineRow, InvoiceRow } from "./invoice.schema.js";
import type { LineOfUse } from "./reading.js";

const taxOf = ({ taxCountry, taxBasisPoints, taxFrom, name, description }: InvoiceLineRow) =>
  taxCountry === null || taxBasisPoints === null || taxFrom === null
    ? null
    : { country: taxCountry, name: name ?? description, basisPoints: taxBasisPoints, effectiveFrom: taxFrom };

/** What was charged by the hour: its entries are looked up where somebody asks. */
const useOf = ({ invoiceId, vmId, resource, code, serviceSubscriptionId }: InvoiceLineRow): LineOfUse | null => {
  if (serviceSubscriptionId !== null) return { invoiceId, serviceSubscriptionId };
  return vmId === null || resource === null ? null : { invoiceId, vmId, resource, code: code ?? "" };
};

/** A line as the graph shows it: with its machine, and what it comes from. @param entryId of the invoice of one charge. */
export const shownInvoiceLine = (
  row: InvoiceLineRow,
  { currency, entryId }: Pick<InvoiceRow, "currency" | "entryId">,
): PriceLine => {
  const { machine, description, hours, priceListId, kind, ...line } = row;
  const use = useOf(row);
  const entryIds = entryId === null ? [] : [entryId];
  const explanation = explained({ hours, priceListId, tax: taxOf(row), entryIds, ...(use && { use }) });
  const words = machine === null ? description : `${machine}: ${description}`;
  const shown = { ...line, kind: kind as PriceLineKind, description: words, explanation }; // written by drafts only
  return shownLine(shown, currency, machine);
};
