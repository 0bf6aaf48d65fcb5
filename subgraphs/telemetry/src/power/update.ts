import {
  audit,
  InvalidInputFault,
  isId,
  NotFoundFault,
  type RefusedField,
  requireActive,
  type Tx,
} from "@tollgate/kit";
import { eq } from "drizzle-orm";
import { type Label, type Machine, machineOf } from "../machines/machine.js";
import { vm } from "../machines/machine.schema.js";
import { requireOrganisation } from "../machines/machines.js";
import { announceMachines } from "../machines/states.js";

export interface MachineUpdate {
  vmId: string;
  /** Left as it is when absent. */
  name?: string | null;
  labels?: readonly Label[] | null;
}

const LONGEST = 63;
const MOST_LABELS = 20;

const faultsOf = ({ name, labels }: MachineUpdate): RefusedField[] => {
  const fields: RefusedField[] = [];
  const refuse = (path: string[], reason: string, message: string) => fields.push({ path, reason, message });
  if (typeof name === "string" && !/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,62}$/u.test(name)) {
    refuse(["name"], "MALFORMED", `A name has 1 to ${LONGEST} letters, digits, spaces, dots and dashes.`);
  }
  const list = labels ?? [];
  if (list.length > MOST_LABELS) refuse(["labels"], "TOO_MANY", `A machine has at most ${MOST_LABELS} labels.`);
  for (const [index, { key, value }] of list.entries()) {
    if (key.length < 1 || key.length > LONGEST || value.length > LONGEST) {
      refuse(["labels", `${index}`], "OUT_OF_RANGE", `Keys and values have at most ${LONGEST} characters.`);
    }
  }
  if (new Set(list.map(({ key }) => key)).size < list.length) {
    refuse(["labels"], "DUPLICATE", "A key occurs more than once.");
  }
  return fields;
};

/**
 * Changes what a machine is called and labelled.
 * @throws NotFoundFault outside of the estate, InvalidInputFault, ForbiddenFault for a suspended organisation.
 */
export const updateMachine = async (tx: Tx, update: MachineUpdate, at: Date): Promise<Machine> => {
  const { vmId, name, labels } = update;
  const fields = faultsOf(update);
  if (fields.length > 0) throw new InvalidInputFault(fields);
  const [row] = isId(vmId) ? await tx.db.select().from(vm).where(eq(vm.id, vmId)).for("update") : [];
  if (!row || row.state === "DELETED") throw new NotFoundFault("vm", vmId);
  const before = machineOf(row);
  requireActive(await requireOrganisation(tx, before.organisationId));
  const [changed] = await tx.db
    .update(vm)
    .set({ name: name ?? before.name, labels: labels ?? before.labels })
    .where(eq(vm.id, vmId))
    .returning();
  if (!changed) throw new Error("a locked machine is gone");
  const after = machineOf(changed);
  await announceMachines(tx, [after], new Map(), at);
  await audit(tx, "telemetry", {
    action: "vm:update",
    resource: "vm",
    resourceId: after.id,
    organisationId: after.organisationId,
    before: { name: before.name, labels: before.labels },
    after: { name: after.name, labels: after.labels },
  });
  return after;
};
