import {
  type Connection,
  connectionOf,
  decodeCursor,
  InvalidInputFault,
  isId,
  type PageArguments,
  pageSize,
  type Tx,
} from "@tollgate/kit";
import { encode } from "@tollgate/kit/protocol";
import { type SQL, sql } from "drizzle-orm";
import type { Label, Machine, VmState } from "./machine.js";
import { machinesById } from "./machines.js";

export interface MachineFilter {
  organisationId?: string | null;
  ids?: readonly string[] | null;
  state?: readonly VmState[] | null;
  /** By part of name, address or label. */
  search?: string | null;
  labels?: readonly Label[] | null;
}

export type MachineOrderBy = "NAME" | "STATE" | "CREATED_AT" | "CPU" | "MEMORY" | "HEALTH";

export interface MachineOrder {
  by: MachineOrderBy;
  direction: "ASCENDING" | "DESCENDING";
}

/** A list of machines of the branch below `organisationId`. */
export interface MachineListing extends PageArguments {
  organisationId: string;
  filter?: MachineFilter | null;
  order?: MachineOrder | null;
}

const MOST_IDS = 200;
const LONGEST_SEARCH = 200;

/** What a list is sorted by, and the type that its cursor carries. What was never measured comes below zero. */
const SORT_KEYS: Record<MachineOrderBy, { key: SQL; type: SQL }> = {
  NAME: { key: sql`lower(v.name) collate "C"`, type: sql`text` },
  STATE: { key: sql`v.state collate "C"`, type: sql`text` },
  CREATED_AT: { key: sql`v.created_at`, type: sql`timestamptz` },
  CPU: { key: sql`coalesce(l.cpu_percent, -1)`, type: sql`float8` },
  MEMORY: { key: sql`coalesce(l.memory_used_bytes::float8 / nullif(l.memory_total_bytes, 0), -1)`, type: sql`float8` },
  HEALTH: { key: sql`coalesce(h.score, -1)`, type: sql`int` },
};

const DEFAULT_ORDER: MachineOrder = { by: "CREATED_AT", direction: "DESCENDING" };

const escapeLike = (text: string) => `%${text.replaceAll(/[\\%_]/g, "\\$&")}%`;

/** The machines of a branch of the scope, found by the index on their organisation. */
const inBranchOf = (
  root: SQL,
) => sql`v.organisation_id = any(array(select b.organisation_id from tenancy a join tenancy b
  on b.path >= a.path collate "C" and b.path < (a.path || '~') collate "C"
  where a.organisation_id = ${root} and starts_with(a.path, current_setting('tollgate.path'))))`;

/** @throws InvalidInputFault for a search or list of ids that is too long. */
const conditionsOf = (filter: MachineFilter): SQL[] => {
  const conditions: SQL[] = [];
  const { organisationId, ids, state, search, labels } = filter;
  if (organisationId) {
    conditions.push(isId(organisationId) ? inBranchOf(sql`${organisationId}::uuid`) : sql`false`);
  }
  if (ids) {
    if (ids.length > MOST_IDS) throw InvalidInputFault.of("filter.ids", "TOO_MANY", `At most ${MOST_IDS} ids.`);
    conditions.push(sql`v.id = any(${sql.param([...ids.filter(isId)])}::uuid[])`);
  }
  if (state) conditions.push(sql`v.state = any(${sql.param([...state])}::text[])`);
  else if (!ids) conditions.push(sql`v.state <> 'DELETED'`);
  if (search) {
    if (search.length > LONGEST_SEARCH) {
      throw InvalidInputFault.of("filter.search", "TOO_LONG", `At most ${LONGEST_SEARCH} characters.`);
    }
    const part = escapeLike(search);
    conditions.push(sql`(v.name ilike ${part} or exists (select 1 from unnest(v.addresses) a where a ilike ${part})
      or exists (select 1 from jsonb_array_elements(v.labels) b where b ->> 'key' ilike ${part} or b ->> 'value' ilike ${part}
        or (b ->> 'key') || '=' || (b ->> 'value') ilike ${part}))`);
  }
  if (labels) {
    const wanted = labels.map(({ key, value }) => encode([{ key, value }]));
    conditions.push(sql`exists (select 1 from unnest(${sql.param(wanted)}::text[]) w where v.labels @> w::jsonb)`);
  }
  return conditions;
};

const JOINS = sql`left join vm_latest l on l.vm_id = v.id left join vm_health h on h.vm_id = v.id`;

/** Two listings that differ in the branch only are answered by one statement. */
const shapeOf = ({ organisationId: _, ...rest }: MachineListing): string => encode(rest);

interface Position {
  root: string;
  id: string;
  key: string | number;
}

const positions = async (tx: Tx, roots: readonly string[], listing: MachineListing): Promise<Position[]> => {
  const { by, direction } = listing.order ?? DEFAULT_ORDER;
  const { key, type } = SORT_KEYS[by];
  const after = decodeCursor(listing.after, 2);
  const way = direction === "ASCENDING" ? sql`asc` : sql`desc`;
  const beyond = direction === "ASCENDING" ? sql`>` : sql`<`;
  const [value, id] = after ?? [];
  if (after && (typeof id !== "string" || !isId(id) || value === null)) {
    throw InvalidInputFault.of("after", "MALFORMED", "This cursor is not one of this list.");
  }
  const conditions = conditionsOf(listing.filter ?? {});
  if (after) conditions.push(sql`(${key}, v.id) ${beyond} (${String(value)}::${type}, ${String(id)}::uuid)`);
  const where = sql.join([inBranchOf(sql`r.id`), ...conditions], sql` and `);
  const rows = await tx.db.execute<
    { root: string; id: string; key: string | number | null } & Record<string, unknown>
  >(sql`
    select r.id as root, m.id, ${by === "CREATED_AT" ? sql`to_char(m.key at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')` : sql`m.key`} as key
      from unnest(${sql.param([...roots])}::uuid[]) r(id) cross join lateral (
        select v.id, ${key} as key from vm v ${JOINS} where ${where} order by ${key} ${way}, v.id ${way} limit ${pageSize(listing) + 1}) m
     order by r.id, m.key ${way}, m.id ${way}`);
  return rows.map((row) => ({ root: row.root, id: row.id, key: row.key ?? "" }));
};

/**
 * Pages of machines for many branches: two statements for each different filter, order and page, however many branches
 * and machines. The roots must lie in the transaction's scope; the policies keep everything else out in any case.
 */
export const listMachines = async (
  tx: Tx,
  listings: readonly MachineListing[],
): Promise<Map<MachineListing, Connection<Machine>>> => {
  const pages = new Map<MachineListing, Connection<Machine>>();
  for (const alike of Map.groupBy(listings, shapeOf).values()) {
    const [first] = alike;
    if (!first) continue;
    const roots = [...new Set(alike.map(({ organisationId }) => organisationId))];
    const found = await positions(tx, roots, first);
    const machines = await machinesById(tx, [...new Set(found.map(({ id }) => id))]);
    const keys = Map.groupBy(found, ({ root }) => root);
    for (const listing of alike) {
      const rows = (keys.get(listing.organisationId) ?? []).flatMap(({ id, key }) => {
        const machine = machines.get(id);
        return machine ? [{ machine, key }] : [];
      });
      const page = connectionOf(rows, listing, ({ machine, key }) => [key, machine.id]);
      pages.set(listing, {
        ...page,
        edges: page.edges.map(({ cursor, node }) => ({ cursor, node: node.machine })),
        nodes: page.nodes.map(({ machine }) => machine),
      });
    }
  }
  return pages;
};

/** How many machines each listing has on all its pages. */
export const countMachines = async (
  tx: Tx,
  listings: readonly MachineListing[],
): Promise<Map<MachineListing, number>> => {
  const counts = new Map<MachineListing, number>();
  for (const alike of Map.groupBy(listings, (listing) => encode(listing.filter ?? {})).values()) {
    const roots = sql.param([...new Set(alike.map(({ organisationId }) => organisationId))]);
    const where = sql.join([inBranchOf(sql`r.id`), ...conditionsOf(alike[0]?.filter ?? {})], sql` and `);
    const rows = await tx.db.execute<{ root: string; machines: number } & Record<string, unknown>>(sql`
      select r.id as root, m.machines from unnest(${roots}::uuid[]) r(id)
        cross join lateral (select count(*)::int as machines from vm v where ${where}) m`);
    const byRoot = new Map(rows.map((row) => [row.root, row.machines]));
    for (const listing of alike) counts.set(listing, byRoot.get(listing.organisationId) ?? 0);
  }
  return counts;
};
