import type { Tx } from "@tollgate/kit";
import type { TenancyChange } from "@tollgate/kit/protocol";
import { and, eq, inArray } from "drizzle-orm";
import { NO_MONEY, waitFor, withoutFunds } from "../power/funds.js";
import type { VmState } from "./machine.js";
import { vm } from "./machine.schema.js";
import { changeState, type Transition } from "./states.js";

/** What the status of an organisation does to its machines; a host of Tollgate itself is never switched off by it. */
const EFFECTS: Record<TenancyChange["status"], { from: VmState[]; transition: Omit<Transition, "at"> }> = {
  SUSPENDED: {
    from: ["RUNNING"],
    transition: { to: "SUSPENDED", reason: "Its organisation is suspended.", suspendedFor: "ORGANISATION" },
  },
  ACTIVE: { from: ["SUSPENDED"], transition: { to: "RUNNING", reason: "Its organisation is active again." } },
  // For good, as the closing is; what each used before stays on record.
  CLOSED: {
    from: ["RUNNING", "STOPPED", "SUSPENDED", "PROVISIONING", "FAILED"],
    transition: { to: "DELETED", reason: "Its organisation is closed." },
  },
};

const idsOf = (machines: readonly { id: string }[]): string[] => machines.map(({ id }) => id);

/**
 * Lets machines follow the status of their organisations, in the transaction that learns of it. Doing it again changes
 * nothing. Only machines that were suspended for their organisation's sake resume with it,
 * and of these only those that there is money for.
 */
export const followStatus = async (
  tx: Tx,
  organisations: readonly { organisationId: string; status: TenancyChange["status"] }[],
  at: Date,
): Promise<void> => {
  const byStatus = Map.groupBy(organisations, (organisation) => organisation.status);
  for (const [status, changed] of byStatus) {
    const { from, transition } = EFFECTS[status];
    const machines = await tx.db
      .select({ id: vm.id, organisationId: vm.organisationId })
      .from(vm)
      .where(
        and(
          inArray(
            vm.organisationId,
            changed.map(({ organisationId }) => organisationId),
          ),
          inArray(vm.state, from),
          eq(vm.isHost, false),
          status === "ACTIVE" ? eq(vm.suspendedFor, "ORGANISATION") : undefined,
        ),
      );
    const { poor, free } = status === "ACTIVE" ? await withoutFunds(tx, machines) : { poor: [], free: idsOf(machines) };
    await waitFor(tx, poor, NO_MONEY);
    await changeState(tx, free, { ...transition, at });
  }
};
