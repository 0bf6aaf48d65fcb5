import { isId, type KnownOrganisation, NotFoundFault, organisationInScope, type Tx } from "@tollgate/kit";
import { inArray } from "drizzle-orm";
import { type Machine, machineOf } from "./machine.js";
import { vm } from "./machine.schema.js";

/** Machines by id; those outside the transaction's estate are left out, as unknown ones are. */
export const machinesById = async (tx: Tx, ids: readonly string[]): Promise<Map<string, Machine>> => {
  const wanted = ids.filter(isId);
  if (wanted.length === 0) return new Map();
  const rows = await tx.db
    .select()
    .from(vm)
    .where(inArray(vm.id, [...new Set(wanted)]));
  const found = new Map(rows.map((row) => [row.id, machineOf(row)]));
  // A client may write an id in capitals; it asked for the same machine.
  return new Map(
    ids.flatMap((id): [string, Machine][] => {
      const machine = found.get(id.toLowerCase());
      return machine ? [[id, machine]] : [];
    }),
  );
};

/** @throws NotFoundFault for a machine outside the estate, as for an unknown one. */
export const requireMachine = (id: string, machine: Machine | null): Machine => {
  if (!machine) throw new NotFoundFault("vm", id);
  return machine;
};

/** @throws NotFoundFault for an organisation outside the transaction's scope, and for an id that is none. */
export const requireOrganisation = (tx: Tx, organisationId: string): Promise<KnownOrganisation> => {
  if (!isId(organisationId)) throw new NotFoundFault("organisation", organisationId);
  return organisationInScope(tx, organisationId);
};
