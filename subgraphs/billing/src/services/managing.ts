import { ConflictFault, NotFoundFault, organisationInScope, requireActive, requireId, type Tx } from "@tollgate/kit";
import { eq } from "drizzle-orm";
import { onceFor } from "../quotes/quotes.js";
import { ended, renewTogether } from "./renewing.js";
import { type ServiceSubscriptionRow, serviceSubscription } from "./service.schema.js";
import { recordChange } from "./subscribing.js";

/**
 * One of the estate, locked until the transaction ends, brought to the moment: what the clock has not got to yet comes first.
 * @throws NotFoundFault, ForbiddenFault for an organisation that may only read and pay.
 */
export const lockSubscription = async (tx: Tx, id: string, at: Date): Promise<ServiceSubscriptionRow> => {
  requireId("serviceSubscription", id);
  const own = eq(serviceSubscription.id, id);
  const [row] = await tx.db.select().from(serviceSubscription).where(own).for("update");
  if (!row) throw new NotFoundFault("serviceSubscription", id);
  requireActive(await organisationInScope(tx, row.organisationId));
  const [brought] = await renewTogether(tx, [row], at);
  if (!brought) throw new Error("renewing lost a subscription");
  if (brought.endedAt === null && brought.dueAt <= at) {
    throw new ConflictFault("Its periods are being brought up to date; try again in a minute.", brought.id);
  }
  return brought;
};

/** @throws ConflictFault for one that is over. */
export const requireLive = (row: ServiceSubscriptionRow): void => {
  if (row.state === "CANCELLED") throw new ConflictFault("This service subscription has ended.", row.id);
};

const write = async (
  tx: Tx,
  before: ServiceSubscriptionRow,
  row: ServiceSubscriptionRow,
): Promise<ServiceSubscriptionRow> => {
  const { id, ...values } = row;
  await tx.db.update(serviceSubscription).set(values).where(eq(serviceSubscription.id, id));
  await recordChange(tx, before, row);
  return row;
};

/**
 * Cancels at the end of the paid period; at once where that is over and the next one could not be paid.
 * @returns its id. @throws NotFoundFault, ForbiddenFault, ConflictFault for one that ends already.
 */
export const cancelSubscription = (tx: Tx, id: string, key: string, at: Date): Promise<string> =>
  onceFor(tx, { organisationId: id, key, operation: "cancelSubscription", input: { id } }, at, async () => {
    const row = await lockSubscription(tx, id, at);
    requireLive(row);
    if (row.cancelAtPeriodEnd) throw new ConflictFault("This service subscription is cancelled already.", row.id);
    const cancelled = { ...row, cancelAtPeriodEnd: true };
    await write(tx, row, row.state === "PAST_DUE" ? ended(cancelled) : cancelled);
    return row.id;
  });

/**
 * Goes on with one that was to end. @returns its id.
 * @throws NotFoundFault, ForbiddenFault, ConflictFault for one that has ended or was not cancelled.
 */
export const resumeSubscription = (tx: Tx, id: string, key: string, at: Date): Promise<string> =>
  onceFor(tx, { organisationId: id, key, operation: "resumeSubscription", input: { id } }, at, async () => {
    const row = await lockSubscription(tx, id, at);
    requireLive(row);
    if (!row.cancelAtPeriodEnd) throw new ConflictFault("This service subscription is not cancelled.", row.id);
    await write(tx, row, { ...row, cancelAtPeriodEnd: false, warnedOf: null });
    return row.id;
  });
