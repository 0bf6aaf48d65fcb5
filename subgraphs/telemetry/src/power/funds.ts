import type { Tx } from "@tollgate/kit";
import type { DeliveredEvent, MachinesTurn } from "@tollgate/kit/protocol";
import { and, eq, inArray, lt } from "drizzle-orm";
import { vm } from "../machines/machine.schema.js";
import { changeState, type SuspendedFor } from "../machines/states.js";
import { organisationFunds } from "./power.schema.js";

/** Why a machine stands still for want of money. */
export const NO_MONEY = { reason: "No money left.", suspendedFor: "FUNDS" } as const;
const NOT_ACTIVE = { reason: "Its organisation is suspended.", suspendedFor: "ORGANISATION" } as const;

/** Those of these organisations whose money has run out. */
export const organisationsWithoutFunds = async (tx: Tx, organisationIds: readonly string[]): Promise<Set<string>> => {
  const rows = await tx.db
    .select({ id: organisationFunds.organisationId })
    .from(organisationFunds)
    .where(and(inArray(organisationFunds.organisationId, [...organisationIds]), eq(organisationFunds.isOut, true)));
  return new Set(rows.map(({ id }) => id));
};

/** Statuses of organisations, by id. */
export const statusesOf = async (tx: Tx, organisationIds: readonly string[]): Promise<Map<string, string>> => {
  const rows = await tx.sql<{ id: string; status: string }[]>`
    select organisation_id as id, status from tenancy where organisation_id = any(${[...organisationIds]}::uuid[])`;
  return new Map(rows.map(({ id, status }) => [id, status]));
};

/** Why a machine of the organisation may not run, or null. */
export const refusalOf = async (
  tx: Tx,
  organisationId: string,
): Promise<{ reason: string; suspendedFor: SuspendedFor } | null> => {
  const status = (await statusesOf(tx, [organisationId])).get(organisationId) ?? "ACTIVE";
  if (status !== "ACTIVE") return NOT_ACTIVE;
  return (await organisationsWithoutFunds(tx, [organisationId])).has(organisationId) ? NO_MONEY : null;
};

/** Notes what billing says of a wallet. @returns whether it is news. */
const note = async (tx: Tx, event: DeliveredEvent, isOut: boolean): Promise<boolean> => {
  const { organisationId, walletId } = event.payload as MachinesTurn; // the catalogue's type for these events
  const values = { organisationId, isOut, version: event.aggregateVersion };
  const rows = await tx.db
    .insert(organisationFunds)
    .values({ walletId, ...values })
    .onConflictDoUpdate({
      target: organisationFunds.walletId,
      set: values,
      setWhere: lt(organisationFunds.version, event.aggregateVersion),
    })
    .returning({ walletId: organisationFunds.walletId });
  return rows.length > 0;
};

/** Ids of the machines that a turn concerns, in the order it names them. */
const concerned = async (tx: Tx, turn: MachinesTurn, state: "RUNNING" | "SUSPENDED"): Promise<string[]> => {
  const rows = await tx.db
    .select({ id: vm.id })
    .from(vm)
    .where(
      and(
        eq(vm.organisationId, turn.organisationId),
        eq(vm.state, state),
        eq(vm.isHost, false),
        state === "SUSPENDED" ? eq(vm.suspendedFor, "FUNDS") : undefined,
        turn.vmIds ? inArray(vm.id, [...turn.vmIds]) : undefined,
      ),
    );
  return rows.map(({ id }) => id);
};

/** Grace is over (by the books' clock, which may run ahead of ours): what runs is suspended until there is money again. */
export const stopForFunds = async (tx: Tx, event: DeliveredEvent, at: Date): Promise<void> => {
  if (!(await note(tx, event, true))) return;
  const turn = event.payload as MachinesTurn; // the catalogue's type for this event
  await changeState(tx, await concerned(tx, turn, "RUNNING"), { to: "SUSPENDED", ...NO_MONEY, at });
};

/** There is money again: what was stopped for want of it runs, unless its organisation is suspended besides. */
export const resumeForFunds = async (tx: Tx, event: DeliveredEvent, at: Date): Promise<void> => {
  if (!(await note(tx, event, false))) return;
  const turn = event.payload as MachinesTurn; // the catalogue's type for this event
  const ids = await concerned(tx, turn, "SUSPENDED");
  const refusal = ids.length > 0 ? await refusalOf(tx, turn.organisationId) : null;
  if (refusal) await waitFor(tx, ids, refusal);
  else await changeState(tx, ids, { to: "RUNNING", reason: null, at });
};

/** Suspended machines that stay so for another reason than before. */
export const waitFor = async (
  tx: Tx,
  vmIds: readonly string[],
  { reason, suspendedFor }: { reason: string; suspendedFor: SuspendedFor },
): Promise<void> => {
  if (vmIds.length === 0) return;
  await tx.db
    .update(vm)
    .set({ stateReason: reason, suspendedFor })
    .where(and(inArray(vm.id, [...vmIds]), eq(vm.state, "SUSPENDED")));
};

/** Machines of these that wait for money from now on, and those that are free to run. */
export const withoutFunds = async (
  tx: Tx,
  machines: readonly { id: string; organisationId: string }[],
): Promise<{ poor: string[]; free: string[] }> => {
  const organisationIds = [...new Set(machines.map(({ organisationId }) => organisationId))];
  const out = organisationIds.length > 0 ? await organisationsWithoutFunds(tx, organisationIds) : new Set<string>();
  const isPoor = ({ organisationId }: { organisationId: string }) => out.has(organisationId);
  return {
    poor: machines.filter(isPoor).map(({ id }) => id),
    free: machines.filter((machine) => !isPoor(machine)).map(({ id }) => id),
  };
};
