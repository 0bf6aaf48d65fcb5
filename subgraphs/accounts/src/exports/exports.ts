import {
  announce,
  audit,
  ConflictFault,
  NotFoundFault,
  newEventId,
  once,
  RateLimitedFault,
  requireId,
  requirePerson,
  type Sealer,
  type Tx,
} from "@tollgate/kit";
import { type DeliveredEvent, type ExportPart, SUBGRAPH_NAMES } from "@tollgate/kit/protocol";
import { and, desc, eq, inArray, lt, ne } from "drizzle-orm";
import { dataExport, dataExportPart } from "../tables.js";
import { userById } from "../users/users.js";
import type { DataExportRow } from "./exports.schema.js";

const MINUTE = 60_000;
const DAY = 86_400_000;
/** How long the subgraphs have to answer: one that is away may come back meanwhile. */
const GATHERING_LASTS = 60 * MINUTE;
const ARCHIVE_KEPT = 7 * DAY;
/** Lines of old archives stay this long, so that a person sees what was asked for in their name. */
const LINES_KEPT = 90 * DAY;

/** Where a part is sealed to: none opens as another. */
export const contextOf = (part: { exportId: string; subgraph: string; number: number }): string =>
  `${part.exportId} ${part.subgraph} ${part.number}`;

/**
 * Asks all five subgraphs for what they keep about the caller.
 * @returns the id of the export. @throws ConflictFault while one is gathered; RateLimitedFault within a day of the last.
 */
export const requestExport = async (tx: Tx, key: string, sealer: Sealer, now: Date): Promise<string> => {
  const person = requirePerson(tx.caller);
  const claim = { key, operation: "exportMyData", input: { userId: person.userId } };
  return once(tx, claim, now, async () => {
    const user = await userById(tx, person.userId);
    // Under the person's lock, so that two at once do not both find none.
    await tx.sql`select pg_advisory_xact_lock(hashtext(${`export of ${user.id}`}))`;
    await requireTurn(tx, user.id, now);
    const [made] = await tx.db
      .insert(dataExport)
      .values({
        organisationId: user.organisationId,
        userId: user.id,
        state: "GATHERING",
        requestedAt: now,
        gatherUntil: new Date(now.getTime() + GATHERING_LASTS),
      })
      .returning({ id: dataExport.id });
    if (!made) throw new Error("insert gave no row");
    const id = newEventId();
    await announce(tx, "personalData.exportRequested", {
      id,
      aggregateId: made.id,
      organisationId: user.organisationId,
      payload: { exportId: made.id, userId: user.id, organisationId: user.organisationId },
      sealed: sealer.seal(user.email, id),
    });
    await audit(tx, "accounts", { action: "user:export", resource: "dataExport", resourceId: made.id });
    return made.id;
  });
};

const requireTurn = async (tx: Tx, userId: string, now: Date): Promise<void> => {
  const [last] = await tx.db
    .select()
    .from(dataExport)
    .where(and(eq(dataExport.userId, userId), ne(dataExport.state, "FAILED")))
    .orderBy(desc(dataExport.requestedAt))
    .limit(1);
  const state = last && stateOf(last, now);
  if (!last || state === "FAILED") return;
  if (state === "GATHERING") throw new ConflictFault("Your data is being gathered already.", last.id);
  const wait = Math.ceil((last.requestedAt.getTime() + DAY - now.getTime()) / 1000);
  if (wait > 0) throw new RateLimitedFault(wait, "One archive a day: the last one is still there to download.");
};

/** What it is now, whatever the job that writes it down has seen of it. */
export const stateOf = (row: DataExportRow, now: Date): DataExportRow["state"] => {
  if (row.state === "GATHERING" && row.gatherUntil <= now) return "FAILED";
  if (row.state === "READY" && row.expiresAt !== null && row.expiresAt <= now) return "EXPIRED";
  return row.state;
};

/** @throws NotFoundFault for an export of anybody else, and for one that there is not. */
export const ownExport = async (tx: Tx, id: string): Promise<DataExportRow> => {
  const { userId } = requirePerson(tx.caller);
  const [row] = await tx.db
    .select()
    .from(dataExport)
    .where(and(eq(dataExport.id, requireId("dataExport", id)), eq(dataExport.userId, userId)));
  if (!row) throw new NotFoundFault("dataExport", id);
  return row;
};

/** The newest export that the caller asked for. */
export const newestExport = async (tx: Tx): Promise<DataExportRow | null> => {
  const { userId } = requirePerson(tx.caller);
  const [row] = await tx.db
    .select()
    .from(dataExport)
    .where(eq(dataExport.userId, userId))
    .orderBy(desc(dataExport.requestedAt))
    .limit(1);
  return row ?? null;
};

/** Keeps what a subgraph answered; with the last answer the archive is ready, and its person is told. */
export const keepPart = async (
  tx: Tx,
  event: DeliveredEvent,
  { sealer, atRest, now }: { sealer: Sealer; atRest: Sealer; now: Date },
): Promise<void> => {
  const part = event.payload as ExportPart; // the catalogue's type for this event
  const [row] = await tx.db.select().from(dataExport).where(eq(dataExport.id, part.exportId)).for("update");
  // Too late, or the person was erased meanwhile: nobody waits for it.
  if (!row || stateOf(row, now) !== "GATHERING") return;
  if (event.sealed === null) throw new Error(`a part of ${part.exportId} came without its content`);
  const { subgraph, number, isLast, isCut } = part;
  const sealed = atRest.seal(sealer.open(event.sealed, event.id), contextOf(part));
  await tx.db
    .insert(dataExportPart)
    .values({ exportId: row.id, organisationId: row.organisationId, subgraph, number, isLast, isCut, sealed })
    .onConflictDoNothing();
  // A number whatever the driver makes of a count.
  const answered = Number(
    await tx.db.$count(dataExportPart, and(eq(dataExportPart.exportId, row.id), eq(dataExportPart.isLast, true))),
  );
  if (answered === SUBGRAPH_NAMES.length) await complete(tx, row, now);
};

const complete = async (tx: Tx, row: DataExportRow, now: Date): Promise<void> => {
  const expiresAt = new Date(now.getTime() + ARCHIVE_KEPT);
  await tx.db.update(dataExport).set({ state: "READY", expiresAt }).where(eq(dataExport.id, row.id));
  const user = await userById(tx, row.userId);
  if (user.status !== "ACTIVE") return;
  await announce(tx, "mail.requested", {
    aggregateId: user.id,
    organisationId: user.organisationId,
    payload: {
      kind: "DATA_EXPORT_READY",
      userId: user.id,
      organisationId: user.organisationId,
      to: user.email,
      displayName: user.displayName,
      locale: user.locale,
      expiresAt,
      facts: {},
    },
  });
};

/** Writes down which exports have failed or ended, and removes what was gathered for them. */
export const settleExports = async (tx: Tx, now: Date): Promise<void> => {
  const failed = await tx.db
    .update(dataExport)
    .set({ state: "FAILED" })
    .where(and(eq(dataExport.state, "GATHERING"), lt(dataExport.gatherUntil, now)))
    .returning({ id: dataExport.id, organisationId: dataExport.organisationId });
  for (const { id, organisationId } of failed) {
    await audit(tx, "accounts", {
      action: "user:export",
      resource: "dataExport",
      resourceId: id,
      organisationId,
      outcome: "FAILED",
      problem: "UNAVAILABLE",
    });
  }
  const ended = await tx.db
    .update(dataExport)
    .set({ state: "EXPIRED" })
    .where(and(eq(dataExport.state, "READY"), lt(dataExport.expiresAt, now)))
    .returning({ id: dataExport.id });
  const over = [...failed, ...ended].map(({ id }) => id);
  if (over.length > 0) await tx.db.delete(dataExportPart).where(inArray(dataExportPart.exportId, over));
  await tx.db.delete(dataExport).where(lt(dataExport.requestedAt, new Date(now.getTime() - LINES_KEPT)));
};
