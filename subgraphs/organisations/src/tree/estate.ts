import {
  type Connection,
  connectionOf,
  containing,
  decodeCursor,
  InvalidInputFault,
  isId,
  type PageArguments,
  pageSize,
  type Tx,
} from "@tollgate/kit";
import type { OrganisationKind, OrganisationStatus } from "@tollgate/kit/protocol";
import { and, inArray, type SQL, sql } from "drizzle-orm";
import { organisation, tenancy } from "../tables.js";
import { columns, DEEPEST, type OrganisationNode } from "./tree.js";

export interface EstateFilter {
  search?: string | null | undefined;
  kind?: readonly OrganisationKind[] | null | undefined;
  status?: readonly OrganisationStatus[] | null | undefined;
  parentId?: string | null | undefined;
}

export interface EstateOrder {
  by: "TREE" | "NAME" | "CREATED_AT";
  direction: "ASCENDING" | "DESCENDING";
}

/** A page of what lies in the branch of one organisation. */
export interface EstateRequest {
  root: OrganisationNode;
  page: PageArguments;
  filter: EstateFilter;
  /** Null: nearest first. */
  order: EstateOrder | null;
}

const LONGEST_SEARCH = 120;

/** From the organisation that is asked about on: a cursor must not tell who is above. */
const PLACE = sql`substr(${tenancy.path}, length(top.path))`;

/** Each as text, so that a cursor gives back exactly what the database sorts by. */
const SORT_KEYS = {
  NEAREST: sql`(${organisation.depth}::text || ${PLACE}) collate "C"`,
  TREE: sql`${PLACE} collate "C"`,
  NAME: sql`lower(${organisation.name}) collate "C"`,
  CREATED_AT: sql`to_char(${organisation.createdAt} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS') collate "C"`,
};

const conditionOf = ({ search, kind, status, parentId }: EstateFilter): SQL | undefined => {
  if (search && search.length > LONGEST_SEARCH) {
    throw InvalidInputFault.of("filter.search", "LENGTH", `Search for at most ${LONGEST_SEARCH} characters.`);
  }
  return and(
    search ? sql`${organisation.name} ilike ${containing(search.trim())}` : undefined,
    kind ? inArray(organisation.kind, [...kind]) : undefined,
    status ? inArray(tenancy.status, [...status]) : undefined,
    // What has not the form of an id has nothing below it. The one at the top is left out: who is above it is not told.
    parentId
      ? isId(parentId)
        ? sql`${organisation.parentId} = ${parentId} and ${organisation.organisationId} <> root.id`
        : sql`false`
      : undefined,
  );
};

/** `top` is the place of the organisation that is asked about, beside which this is run. */
const BELOW_TOP = sql`${tenancy.path} >= top.path collate "C" and ${tenancy.path} < (top.path || '~') collate "C"`;
const FROM = sql`from ${tenancy} join ${organisation} on ${organisation.organisationId} = ${tenancy.organisationId}`;
const SELECTED = sql.join(
  Object.entries(columns).map(([name, column]) => sql`${column} as ${sql.identifier(name)}`),
  sql`, `,
);

const rootsOf = (requests: readonly EstateRequest[]): SQL =>
  sql`unnest(${sql.param(requests.map(({ root }) => root.id))}::uuid[]) with ordinality as root(id, nth)
    join tenancy top on top.organisation_id = root.id`;

/** One as the driver gives it: times are texts. */
type Row = Omit<OrganisationNode, "createdAt" | "closedAt"> & { createdAt: string; closedAt: string | null };
type Found = Row & { nth: bigint; sortKey: string };

const nodeOf = ({ createdAt, closedAt, ...row }: Row): OrganisationNode => ({
  ...row,
  createdAt: new Date(createdAt),
  closedAt: closedAt === null ? null : new Date(closedAt),
});

const pagesOf = async (tx: Tx, requests: readonly EstateRequest[], like: EstateRequest) => {
  const { page, filter, order } = like;
  const sortKey = SORT_KEYS[order?.by ?? "NEAREST"];
  const isAscending = order?.direction !== "DESCENDING";
  const direction = isAscending ? sql`asc` : sql`desc`;
  const key = decodeCursor(page.after, 2);
  if (key && !isId(String(key[1])))
    throw InvalidInputFault.of("after", "MALFORMED", "This cursor is not of this list.");
  const beyond = key && [String(key[0]), String(key[1])];
  const further = isAscending ? sql`>` : sql`<`;
  const condition = and(
    BELOW_TOP,
    conditionOf(filter),
    beyond
      ? sql`(${sortKey}, ${organisation.organisationId}) ${further} (${beyond[0]}::text collate "C", ${beyond[1]}::uuid)`
      : undefined,
  );
  const rows = await tx.db.execute<Found & Record<string, unknown>>(sql`
    select root.nth, node.* from ${rootsOf(requests)} cross join lateral (
      select ${SELECTED}, ${sortKey} as "sortKey" ${FROM} where ${condition}
       order by ${sortKey} ${direction}, ${organisation.organisationId} ${direction} limit ${pageSize(page) + 1}) node
     order by root.nth, node."sortKey" ${direction}, node.id ${direction}`);
  return Map.groupBy(rows, (row) => Number(row.nth) - 1);
};

/** Requests that differ in the organisation only are answered by one statement. */
const alike = ({ page, filter, order }: EstateRequest): string => JSON.stringify([page, filter, order]);

type Estates = Map<EstateRequest, Connection<OrganisationNode>>;

/** Organisations and what is below them, a page each. */
export const estatesOf = async (tx: Tx, requests: readonly EstateRequest[]): Promise<Estates> => {
  const answers: Estates = new Map();
  for (const group of Map.groupBy(requests, alike).values()) {
    const [like] = group;
    if (!like) continue;
    const pages = await pagesOf(tx, group, like);
    group.forEach((request, index) => {
      const found = pages.get(index) ?? [];
      const keys = new Map(found.map((row) => [row.id, row.sortKey]));
      const rows = found.map(({ nth: _, sortKey: __, ...row }) => nodeOf(row));
      answers.set(
        request,
        connectionOf(rows, request.page, ({ id }) => [keys.get(id) ?? "", id]),
      );
    });
  }
  return answers;
};

/** How many there are on all pages together. */
export const countEstates = async (tx: Tx, requests: readonly EstateRequest[]): Promise<Map<EstateRequest, number>> => {
  const counts = new Map<EstateRequest, number>();
  for (const group of Map.groupBy(requests, alike).values()) {
    const [like] = group;
    if (!like) continue;
    const rows = await tx.db.execute<{ nth: bigint; count: bigint }>(sql`
      select root.nth, node.count from ${rootsOf(group)} cross join lateral (
        select count(*) ${FROM} where ${and(BELOW_TOP, conditionOf(like.filter))}) node`);
    for (const { nth, count } of rows) {
      const request = group[Number(nth) - 1];
      if (request) counts.set(request, Number(count));
    }
  }
  return counts;
};

export interface BranchRequest {
  root: OrganisationNode;
  /** Levels below the root, 0 to 8. */
  depth: number;
}

/** @throws InvalidInputFault unless 0 ≤ depth ≤ 8. */
export const requireDepth = (depth: number): number => {
  if (Number.isInteger(depth) && depth >= 0 && depth <= DEEPEST) return depth;
  throw InvalidInputFault.of("depth", "OUT_OF_RANGE", `depth must be from 0 to ${DEEPEST}.`);
};

/** Each branch as one flat list in tree order, down to `depth` levels below its root. */
export const branchesOf = async (
  tx: Tx,
  requests: readonly BranchRequest[],
): Promise<Map<BranchRequest, OrganisationNode[]>> => {
  const roots = sql.param(requests.map(({ root }) => root.id));
  const depths = sql.param(requests.map(({ root, depth }) => root.depth + depth));
  const rows = await tx.db.execute<Row & { nth: bigint } & Record<string, unknown>>(sql`
    select root.nth, ${SELECTED}
      from unnest(${roots}::uuid[], ${depths}::int[]) with ordinality as root(id, deepest, nth)
      join tenancy top on top.organisation_id = root.id
      join ${tenancy} on ${BELOW_TOP}
      join ${organisation} on ${organisation.organisationId} = ${tenancy.organisationId}
     where ${organisation.depth} <= root.deepest
     order by root.nth, ${tenancy.path} collate "C"`);
  const branches = Map.groupBy(rows, (row) => Number(row.nth) - 1);
  return new Map(
    requests.map((request, index) => [request, (branches.get(index) ?? []).map(({ nth: _, ...row }) => nodeOf(row))]),
  );
};
