import { InvalidInputFault } from "../faults/fault.js";

export const MOST_PER_PAGE = 100;

/** Arguments of a Relay list, forward only. */
export interface PageArguments {
  /** 1 to 100; 20 when left out. */
  first?: number | null | undefined;
  after?: string | null | undefined;
}

export interface Connection<Row> {
  edges: { cursor: string; node: Row }[];
  nodes: Row[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
  /** Counted only when somebody asks. */
  count?: (() => Promise<number>) | undefined;
}

/** @throws InvalidInputFault unless 1 ≤ first ≤ 100. */
export const pageSize = (page: PageArguments): number => {
  const first = page.first ?? 20;
  if (!Number.isInteger(first) || first < 1 || first > MOST_PER_PAGE) {
    throw InvalidInputFault.of("first", "OUT_OF_RANGE", `first must be from 1 to ${MOST_PER_PAGE}.`);
  }
  return first;
};

/** The position that a row is found again by: the values it is sorted by, then its id. */
export type CursorKey = readonly (string | number | null)[];

export const encodeCursor = (key: CursorKey): string => Buffer.from(JSON.stringify(key)).toString("base64url");

/** @throws InvalidInputFault for anything that `encodeCursor` did not make with `length` values. */
export const decodeCursor = (cursor: string | null | undefined, length: number): CursorKey | null => {
  if (cursor === null || cursor === undefined) return null;
  const refuse = () => InvalidInputFault.of("after", "MALFORMED", "This cursor is not one of this list.");
  let key: unknown;
  try {
    key = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    throw refuse();
  }
  const isValue = (value: unknown) => value === null || typeof value === "string" || typeof value === "number";
  if (!Array.isArray(key) || key.length !== length || !key.every(isValue)) throw refuse();
  return key;
};

/**
 * A connection from rows that were asked for with `limit first + 1`.
 * @param keyOf the position of a row, as `decodeCursor` gives it back.
 */
export const connectionOf = <Row>(
  rows: readonly Row[],
  page: PageArguments,
  keyOf: (row: Row) => CursorKey,
  count?: () => Promise<number>,
): Connection<Row> => {
  const size = pageSize(page);
  const nodes = rows.slice(0, size);
  const edges = nodes.map((node) => ({ cursor: encodeCursor(keyOf(node)), node }));
  return {
    edges,
    nodes,
    pageInfo: {
      hasNextPage: rows.length > size,
      hasPreviousPage: page.after !== null && page.after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    count,
  };
};
