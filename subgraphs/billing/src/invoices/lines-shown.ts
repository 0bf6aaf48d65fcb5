import type { Currency } from "@tollgate/kit";
import { explained, type PriceLineKind } from "../prices/calculation.js";
import { type PriceLine, shownLine } from "../prices/config.types.js";
import type { InvoiceLineRow } from "./invoice.schema.js";

const taxOf = ({ taxCountry, taxBasisPoints, taxFrom, description }: InvoiceLineRow) =>
  taxCountry === null || taxBasisPoints === null || taxFrom === null
    ? null
    : { country: taxCountry, name: description, basisPoints: taxBasisPoints, effectiveFrom: taxFrom };

const useOf = ({ invoiceId, vmId, resource, code }: InvoiceLineRow) =>
  vmId === null || resource === null ? null : { invoiceId, vmId, resource, code: code ?? "" };

/** A line as the graph shows it: with its machine, and what it comes from. */
export const shownInvoiceLine = (row: InvoiceLineRow, currency: Currency): PriceLine => {
  const { machine, description, quantity, unit, unitPrice, amount, vmId, hours, priceListId } = row;
  const use = useOf(row);
  const explanation = explained({ hours, priceListId, tax: taxOf(row), ...(use && { use }) });
  const words = machine === null ? description : `${machine}: ${description}`;
  const kind = row.kind as PriceLineKind; // written by drafts only
  return shownLine({ kind, description: words, quantity, unit, unitPrice, amount, vmId, explanation }, currency);
};
