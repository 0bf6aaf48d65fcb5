import { useMay, usePerson } from "../app/services-context.js";

/** Whether the person may set what an organisation pays: those above it do, and the operator for itself. */
export function useManagesPrices(organisationId: string | undefined): boolean {
  const own = usePerson()?.organisation;
  const may = useMay("price:manage");
  return may && organisationId !== undefined && (own?.id !== organisationId || own.kind === "INTERNAL");
}
