import {
  type Connection,
  connectionOf,
  decodeCursor,
  InvalidInputFault,
  inBranch,
  inScope,
  type PageArguments,
  pageSize,
  requireId,
  type Tx,
} from "@tollgate/kit";
import { and, desc, eq, gte, inArray, lt, or } from "drizzle-orm";
import { signInAttempt } from "../tables.js";

export type AttemptRow = typeof signInAttempt.$inferSelect;

export interface AttemptFilter {
  organisationId?: string | null | undefined;
  userId?: string | null | undefined;
  outcome?: readonly AttemptRow["outcome"][] | null | undefined;
  address?: string | null | undefined;
  period?: { from: Date; to: Date } | null | undefined;
}

/** Attempts to sign in of the estate, newest first. */
export const attemptsOf = async (
  tx: Tx,
  page: PageArguments,
  filter: AttemptFilter,
): Promise<Connection<AttemptRow>> => {
  const { organisationId, userId, outcome, address, period } = filter;
  if (period && period.from >= period.to)
    throw InvalidInputFault.of("period", "EMPTY", "A period ends after it begins.");
  const key = decodeCursor(page.after, 2);
  const [at, id] = [new Date(String(key?.[0] ?? 0)), String(key?.[1])];
  const rows = await tx.db
    .select()
    .from(signInAttempt)
    .where(
      and(
        organisationId
          ? inBranch(signInAttempt.organisationId, organisationId)
          : inScope(tx, signInAttempt.organisationId),
        userId ? eq(signInAttempt.userId, requireId("user", userId)) : undefined,
        outcome && outcome.length > 0 ? inArray(signInAttempt.outcome, [...outcome]) : undefined,
        address ? eq(signInAttempt.address, address) : undefined,
        period ? and(gte(signInAttempt.at, period.from), lt(signInAttempt.at, period.to)) : undefined,
        key ? or(lt(signInAttempt.at, at), and(eq(signInAttempt.at, at), lt(signInAttempt.id, id))) : undefined,
      ),
    )
    .orderBy(desc(signInAttempt.at), desc(signInAttempt.id))
    .limit(pageSize(page) + 1);
  return connectionOf(rows, page, (row) => [row.at.toISOString(), row.id]);
};
