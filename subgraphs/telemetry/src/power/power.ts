import { createHash } from "node:crypto";
import {
  audit,
  ConflictFault,
  type ForbiddenReason,
  homeOrganisation,
  InvalidInputFault,
  isId,
  leaveNoRecord,
  type Tx,
} from "@tollgate/kit";
import { type ErrorCode, encode } from "@tollgate/kit/protocol";
import { and, eq, inArray, lt } from "drizzle-orm";
import { type Machine, machineOf, type VmState } from "../machines/machine.js";
import { vm } from "../machines/machine.schema.js";
import { announceMachines, changeState } from "../machines/states.js";
import { organisationsWithoutFunds, statusesOf } from "./funds.js";
import { powerRequest } from "./power.schema.js";

export type PowerAction = "START" | "STOP" | "REBOOT" | "DELETE";

/** Why one machine was left as it is. */
export type Refusal =
  | { kind: "NOT_FOUND" }
  | { kind: "FORBIDDEN"; reason: ForbiddenReason; message: string }
  | { kind: "CONFLICT"; message: string }
  | { kind: "OUT_OF_FUNDS"; organisationId: string; message: string };

export interface PowerOutcome {
  vmId: string;
  refusal: Refusal | null;
}

export interface PowerRequest {
  action: PowerAction;
  vmIds: readonly string[];
  idempotencyKey: string;
  force: boolean;
  /** Of START: what billing said of the machines that were off. Left out: it was not asked. */
  runway?: Runway;
}

/** Machines that were off when billing was asked, and those of them that there is no runway for. */
export interface Runway {
  asked: ReadonlySet<string>;
  refused: ReadonlySet<string>;
}

export const MOST_MACHINES = 100;
const LONGEST_KEY = 200;

/** States that an action leads out of, and those in which it was done already. */
const RULES: Record<PowerAction, { from: VmState[]; done: VmState[]; permission: string; words: string }> = {
  START: { from: ["STOPPED"], done: ["RUNNING"], permission: "vm:power", words: "started" },
  STOP: { from: ["RUNNING", "SUSPENDED"], done: ["STOPPED"], permission: "vm:power", words: "stopped" },
  REBOOT: { from: ["RUNNING"], done: [], permission: "vm:power", words: "rebooted" },
  DELETE: {
    from: ["RUNNING", "STOPPED", "SUSPENDED", "FAILED"],
    done: ["DELETED"],
    permission: "vm:delete",
    words: "deleted",
  },
};

/** Money for one that starts must have been asked for: it may have been switched off at this very moment. */
const runwayRefusal = ({ id, state, organisationId }: Machine, runway: Runway): Refusal | null => {
  if (state !== "STOPPED") return null;
  if (!runway.asked.has(id)) return { kind: "CONFLICT", message: "This machine was just switched off; try again." };
  if (!runway.refused.has(id)) return null;
  const message = "The wallet does not last 24 hours with this machine running.";
  return { kind: "OUT_OF_FUNDS", organisationId, message };
};

const refusalFor = (action: PowerAction, machine: Machine, status: string, isOut: boolean): Refusal | null => {
  if (machine.isHost) {
    return { kind: "FORBIDDEN", reason: "POLICY", message: "The computer that Tollgate runs on is not switched here." };
  }
  if (status !== "ACTIVE") {
    const reason = status === "CLOSED" ? "ORGANISATION_CLOSED" : "ORGANISATION_SUSPENDED";
    return { kind: "FORBIDDEN", reason, message: `This organisation is ${status.toLowerCase()}.` };
  }
  // What costs less afterwards is always allowed.
  if (isOut && (action === "START" || action === "REBOOT")) {
    const { organisationId } = machine;
    return { kind: "OUT_OF_FUNDS", organisationId, message: "There is no money left for this machine." };
  }
  const { from, done, words } = RULES[action];
  if (from.includes(machine.state) || done.includes(machine.state)) return null;
  return { kind: "CONFLICT", message: `A machine that is ${machine.state.toLowerCase()} cannot be ${words}.` };
};

/** Switched off and on: its state stays, and whoever watches is told. */
const reboot = async (tx: Tx, ids: readonly string[], at: Date): Promise<void> => {
  const rows = await tx.db
    .update(vm)
    .set({ rebootRequestedAt: at, startedAt: at })
    .where(inArray(vm.id, [...ids]))
    .returning();
  const machines = rows.map(machineOf);
  const changes = machines.map(({ id }) => {
    const change = { vmId: id, from: "RUNNING" as const, to: "RUNNING" as const, reason: "Rebooted.", at };
    return [id, change] as const;
  });
  await announceMachines(tx, machines, new Map(changes), at);
};

const TARGET = { START: "RUNNING", STOP: "STOPPED", DELETE: "DELETED" } as const;

const carryOut = async (tx: Tx, action: PowerAction, machines: readonly Machine[], at: Date): Promise<void> => {
  const ids = machines.map(({ id }) => id);
  if (ids.length === 0) return;
  if (action === "REBOOT") await reboot(tx, ids, at);
  else await changeState(tx, ids, { to: TARGET[action], reason: null, at });
  for (const [organisationId, own] of Map.groupBy(machines, (machine) => machine.organisationId)) {
    const names = own.map(({ id, name }) => ({ id, name }));
    const [first, ...others] = own;
    const details = { action: RULES[action].permission, resource: "vm", organisationId, after: { [action]: names } };
    await audit(tx, "telemetry", { ...details, resourceId: first && others.length === 0 ? first.id : null });
  }
};

const PROBLEMS = {
  NOT_FOUND: "NOT_FOUND",
  FORBIDDEN: "FORBIDDEN",
  CONFLICT: "CONFLICT",
  OUT_OF_FUNDS: "INSUFFICIENT_FUNDS",
} as const satisfies Record<Refusal["kind"], ErrorCode>;

/** A record for each reason, which names the machines: foreign ids as well, that somebody may be trying out. */
const recordRefused = async (tx: Tx, action: PowerAction, outcomes: readonly PowerOutcome[]): Promise<void> => {
  const refused = outcomes.flatMap(({ vmId, refusal }) =>
    refusal ? [{ vmId: vmId.slice(0, 64), kind: refusal.kind }] : [],
  );
  for (const [kind, those] of Map.groupBy(refused, (one) => one.kind)) {
    const [first, ...others] = those;
    await audit(tx, "telemetry", {
      action: RULES[action].permission,
      resource: "vm",
      resourceId: first && others.length === 0 ? first.vmId : null,
      outcome: kind === "NOT_FOUND" || kind === "FORBIDDEN" ? "REFUSED" : "FAILED",
      problem: PROBLEMS[kind],
      after: { [action]: those.map(({ vmId }) => vmId) },
      occurrences: those.length,
    });
  }
};

/** Those of these machines that the caller sees and that are off. */
export const machinesThatAreOff = async (tx: Tx, vmIds: readonly string[]): Promise<string[]> => {
  const wanted = [...new Set(vmIds.filter(isId).map((id) => id.toLowerCase()))];
  const rows = await tx.db
    .select({ id: vm.id })
    .from(vm)
    .where(and(inArray(vm.id, wanted), eq(vm.state, "STOPPED"), eq(vm.isHost, false)));
  const off = new Set(rows.map(({ id }) => id));
  return wanted.filter((id) => off.has(id));
};

const switchMachines = async (tx: Tx, { action, vmIds, runway }: PowerRequest, at: Date): Promise<PowerOutcome[]> => {
  const wanted = [...new Set(vmIds.filter(isId).map((id) => id.toLowerCase()))];
  const rows = await tx.db.select().from(vm).where(inArray(vm.id, wanted)).orderBy(vm.id).for("update");
  const machines = new Map(rows.map((row) => [row.id, machineOf(row)]));
  const organisationIds = [...new Set(rows.map((row) => row.organisationId))];
  const statuses = await statusesOf(tx, organisationIds);
  const out = organisationIds.length > 0 ? await organisationsWithoutFunds(tx, organisationIds) : new Set<string>();
  const outcomes = vmIds.map((vmId): PowerOutcome => {
    const machine = machines.get(vmId.toLowerCase());
    if (!machine) return { vmId, refusal: { kind: "NOT_FOUND" } };
    const status = statuses.get(machine.organisationId) ?? "CLOSED";
    const refusal = refusalFor(action, machine, status, out.has(machine.organisationId));
    return { vmId, refusal: refusal ?? (runway ? runwayRefusal(machine, runway) : null) };
  });
  const accepted = new Set(outcomes.filter(({ refusal }) => !refusal).map(({ vmId }) => vmId.toLowerCase()));
  const { done } = RULES[action];
  const changing = [...machines.values()].filter(({ id, state }) => accepted.has(id) && !done.includes(state));
  await carryOut(tx, action, changing, at);
  await recordRefused(tx, action, outcomes);
  if (changing.length === 0) leaveNoRecord("every machine is what was asked for already, or its refusal is recorded");
  return outcomes;
};

const own = (organisationId: string, key: string) =>
  and(eq(powerRequest.organisationId, organisationId), eq(powerRequest.key, key));

/**
 * Switches up to a hundred machines, each with an outcome of its own, in the order asked; once per key.
 * @throws InvalidInputFault for too many or none, ConflictFault for a key that was used with another input.
 */
export const applyPower = async (tx: Tx, request: PowerRequest, at: Date): Promise<PowerOutcome[]> => {
  const { action, vmIds, force, idempotencyKey: key } = request;
  if (vmIds.length < 1 || vmIds.length > MOST_MACHINES) {
    throw InvalidInputFault.of("vmIds", "OUT_OF_RANGE", `Give 1 to ${MOST_MACHINES} machines.`);
  }
  if (key.length < 1 || key.length > LONGEST_KEY) {
    throw InvalidInputFault.of("idempotencyKey", "OUT_OF_RANGE", `A key has 1 to ${LONGEST_KEY} characters.`);
  }
  const organisationId = homeOrganisation(tx.caller);
  const digest = createHash("sha256")
    .update(encode([action, vmIds, force]))
    .digest("hex");
  const [claimed] = await tx.db
    .insert(powerRequest)
    .values({ organisationId, key, digest, createdAt: at })
    .onConflictDoNothing()
    .returning({ key: powerRequest.key });
  if (claimed) {
    const outcomes = await switchMachines(tx, request, at);
    await tx.db.update(powerRequest).set({ outcomes }).where(own(organisationId, key));
    return outcomes;
  }
  const [done] = await tx.db.select().from(powerRequest).where(own(organisationId, key));
  if (done?.digest !== digest) throw new ConflictFault("This idempotencyKey was used before with another input.");
  return done.outcomes as PowerOutcome[]; // written above, under this digest
};

/** Forgets keys that were used before `before`. */
export const forgetPowerRequests = async (tx: Tx, before: Date): Promise<void> => {
  await tx.db.delete(powerRequest).where(lt(powerRequest.createdAt, before));
};
