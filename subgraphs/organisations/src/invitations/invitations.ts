import {
  type Connection,
  connectionOf,
  decodeCursor,
  isId,
  NotFoundFault,
  type PageArguments,
  pageSize,
  requireId,
  type Tx,
} from "@tollgate/kit";
import { and, arrayContains, desc, eq, gt, inArray, lt, lte, or, type SQL } from "drizzle-orm";
import { invitation } from "../tables.js";

export type InvitationRow = typeof invitation.$inferSelect;
export type InvitationState = InvitationRow["state"];

/** The state as it is at this moment: one that ran out is EXPIRED whether or not anybody has written that down. */
export const stateOf = (row: Pick<InvitationRow, "state" | "expiresAt">, now: Date): InvitationState =>
  row.state === "PENDING" && row.expiresAt <= now ? "EXPIRED" : row.state;

/** Invitations by id, those of the caller's estate only. */
export const invitationsById = async (tx: Tx, ids: readonly string[]): Promise<Map<string, InvitationRow>> => {
  const rows = await tx.db
    .select()
    .from(invitation)
    .where(inArray(invitation.id, ids.filter(isId)));
  return new Map(rows.map((row) => [row.id, row]));
};

/** In the order of the ids. @throws NotFoundFault outside the caller's estate. */
export const invitationsInOrder = async (tx: Tx, ids: readonly string[]): Promise<InvitationRow[]> => {
  const rows = await invitationsById(tx, ids);
  return ids.map((id) => {
    const row = rows.get(id);
    if (!row) throw new NotFoundFault("invitation", id);
    return row;
  });
};

/** Locked until the transaction ends. @throws NotFoundFault outside the caller's estate. */
export const invitationForChange = async (tx: Tx, id: string): Promise<InvitationRow> => {
  const [row] = await tx.db
    .select()
    .from(invitation)
    .where(eq(invitation.id, requireId("invitation", id)))
    .for("update");
  if (!row) throw new NotFoundFault("invitation", id);
  return row;
};

const inState = (state: InvitationState, now: Date): SQL | undefined => {
  if (state === "PENDING") return and(eq(invitation.state, "PENDING"), gt(invitation.expiresAt, now));
  if (state !== "EXPIRED") return eq(invitation.state, state);
  return or(eq(invitation.state, "EXPIRED"), and(eq(invitation.state, "PENDING"), lte(invitation.expiresAt, now)));
};

/** Invitations of one organisation, newest first. */
export const invitationsOf = async (
  tx: Tx,
  organisationId: string,
  page: PageArguments,
  states: readonly InvitationState[] | null,
  now: Date,
): Promise<Connection<InvitationRow>> => {
  const condition = and(
    eq(invitation.organisationId, organisationId),
    states === null ? undefined : or(...states.map((state) => inState(state, now))),
  );
  const key = decodeCursor(page.after, 2);
  const [createdAt, id] = [new Date(String(key?.[0] ?? 0)), String(key?.[1])];
  const beyond = key
    ? or(lt(invitation.createdAt, createdAt), and(eq(invitation.createdAt, createdAt), lt(invitation.id, id)))
    : undefined;
  if (states?.length === 0)
    return connectionOf<InvitationRow>(
      [],
      page,
      (row) => [row.id],
      async () => 0,
    );
  const rows = await tx.db
    .select()
    .from(invitation)
    .where(and(condition, beyond))
    .orderBy(desc(invitation.createdAt), desc(invitation.id))
    .limit(pageSize(page) + 1);
  const count = () => tx.db.$count(invitation, condition);
  return connectionOf(rows, page, (row) => [row.createdAt.toISOString(), row.id], count);
};

/** Whether an invitation that can still be accepted offers a role. */
export const isRoleOffered = async (tx: Tx, roleId: string, now: Date): Promise<boolean> => {
  const offering = and(inState("PENDING", now), arrayContains(invitation.roleIds, [roleId]));
  const [row] = await tx.db.select({ id: invitation.id }).from(invitation).where(offering).limit(1);
  return row !== undefined;
};
