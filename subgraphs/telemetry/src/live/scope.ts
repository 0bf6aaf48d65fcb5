import {
  type Caller,
  callerWith,
  type Database,
  homeOrganisation,
  InvalidInputFault,
  isId,
  NotFoundFault,
  type Tx,
} from "@tollgate/kit";
import { inArray } from "drizzle-orm";
import { vm } from "../machines/machine.schema.js";
import { requireOrganisation } from "../machines/machines.js";

const MOST_IDS = 200;
const MOST_MACHINES = 1_000;

/** What a stream was asked to show: machines by id, else the estate of an organisation. */
export interface Wanted {
  ids?: readonly string[] | null | undefined;
  organisationId?: string | null | undefined;
}

/** What its caller may be shown of it, as of now. */
export interface LiveScope {
  /** The organisation whose estate it is. */
  organisationId: string;
  organisationIds: ReadonlySet<string>;
  /** Null for the whole estate. */
  vmIds: ReadonlySet<string> | null;
}

const branchOf = async (tx: Tx, path: string): Promise<Set<string>> => {
  const rows = await tx.sql<{ id: string }[]>`
    select organisation_id as id from tenancy where path >= ${path} collate "C" and path < (${path} || '~') collate "C"`;
  return new Set(rows.map(({ id }) => id));
};

const requireMachines = async (tx: Tx, ids: readonly string[], branch: ReadonlySet<string>): Promise<Set<string>> => {
  if (ids.length < 1 || ids.length > MOST_IDS) {
    throw InvalidInputFault.of("ids", "OUT_OF_RANGE", `Give 1 to ${MOST_IDS} ids.`);
  }
  const wanted = [...new Set(ids.map((id) => id.toLowerCase()))];
  const rows = await tx.db
    .select({ id: vm.id, organisationId: vm.organisationId })
    .from(vm)
    .where(inArray(vm.id, wanted.filter(isId)));
  const found = new Set(rows.filter((row) => branch.has(row.organisationId)).map((row) => row.id));
  const missing = wanted.find((id) => !found.has(id));
  if (missing) throw new NotFoundFault("vm", missing);
  return found;
};

/**
 * Looks up, in a transaction of the caller's, what a stream may show.
 * @throws NotFoundFault for anything outside of the estate, InvalidInputFault for too many ids, ForbiddenFault when the
 * organisation narrowed to has left the estate.
 */
export const liveScope = (database: Database, caller: Caller, wanted: Wanted): Promise<LiveScope> =>
  // A stream outlives the deadline of the request that opened it.
  database.read(callerWith(caller, { deadline: null }), async (tx) => {
    const organisation = await requireOrganisation(tx, wanted.organisationId ?? homeOrganisation(caller));
    const organisationIds = await branchOf(tx, organisation.path);
    const vmIds = wanted.ids ? await requireMachines(tx, wanted.ids, organisationIds) : null;
    return { organisationId: organisation.organisationId, organisationIds, vmIds };
  });

/** @throws InvalidInputFault for an estate with more machines than one stream shows. */
export const requireStreamable = async (database: Database, caller: Caller, scope: LiveScope): Promise<void> => {
  if (scope.vmIds) return;
  const machines = await database.read(callerWith(caller, { deadline: null }), async (tx) => {
    const [row] = await tx.sql<{ machines: number }[]>`
      select count(*)::int as machines from (select 1 from vm
        where organisation_id = any(${[...scope.organisationIds]}::uuid[]) and state <> 'DELETED' limit ${MOST_MACHINES + 1}) m`;
    return row?.machines ?? 0;
  });
  if (machines > MOST_MACHINES) {
    const message = `This estate has more than ${MOST_MACHINES} machines; name some, or a smaller organisation.`;
    throw InvalidInputFault.of("organisationId", "TOO_MANY", message);
  }
};
