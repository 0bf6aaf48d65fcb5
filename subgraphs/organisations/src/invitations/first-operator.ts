import { newEventId, type Sealer, type SubgraphKit, type Tx, type Worker } from "@tollgate/kit";
import { eq, isNull } from "drizzle-orm";
import { OWNER } from "../roles/roles.js";
import { membership, organisation } from "../tables.js";
import { addOrganisation } from "../tree/tree.js";
import { endOverdue, issueInvitation, pendingByEmail } from "./issuing.js";
import { offerOf } from "./mailing.js";

/** Who runs a new Tollgate: the name of the root of its tree, and where the invitation to own it goes. */
export interface FirstOperator {
  name: string;
  email: string;
}

/** From settings that are given together or not at all. */
export const firstOperator = (name: string | undefined, email: string | undefined): FirstOperator | null =>
  name && email ? { name, email } : null;

/** Looks once, when the process starts. */
export const beginning = (kit: SubgraphKit, operator: FirstOperator | null, clock: () => Date): Worker => ({
  name: "first operator",
  start: async () => {
    const { database, sealer, logger } = kit;
    if (await database.system("first operator", hasOperator)) return;
    if (operator === null) {
      logger.warn("nobody can sign in yet: set OPERATOR_NAME and OPERATOR_EMAIL and start again");
      return;
    }
    const isMailed = await database.system("first operator", (tx) =>
      inviteFirstOperator(tx, operator, sealer, clock()),
    );
    if (isMailed) kit.wakeRelay();
    logger.info({ email: operator.email, isMailed }, "the first operator is invited by e-mail");
  },
  stop: async () => undefined,
});

/** Whether somebody is there who can invite all others. */
export const hasOperator = async (tx: Tx): Promise<boolean> => {
  const [member] = await tx.db
    .select({ id: membership.id })
    .from(membership)
    .innerJoin(organisation, eq(organisation.organisationId, membership.organisationId))
    .where(isNull(organisation.parentId))
    .limit(1);
  return member !== undefined;
};

/**
 * Begins the tree and invites its first owner by e-mail, at every start until somebody has accepted: an invitation that
 * can still be accepted is left alone, one that ran out is followed by another. Several processes at once do it once.
 * @returns whether a mail is on its way now.
 */
export const inviteFirstOperator = async (
  tx: Tx,
  { name, email }: FirstOperator,
  sealer: Sealer,
  now: Date,
): Promise<boolean> => {
  await tx.sql`select pg_advisory_xact_lock(hashtext('tollgate first operator'))`;
  if (await hasOperator(tx)) return false;
  const organisationId = (await rootOf(tx)) ?? (await begin(tx, name));
  const key = email.toLowerCase();
  await endOverdue(tx, organisationId, [key], now);
  if ((await pendingByEmail(tx, organisationId, [key])).size > 0) return false;
  const terms = { organisationId, email, roleIds: [OWNER.id], invitedBy: null };
  await issueInvitation(tx, terms, await offerOf(tx, terms), sealer, now);
  return true;
};

const rootOf = async (tx: Tx): Promise<string | null> => {
  const [root] = await tx.db
    .select({ id: organisation.organisationId })
    .from(organisation)
    .where(isNull(organisation.parentId));
  return root?.id ?? null;
};

const begin = async (tx: Tx, name: string): Promise<string> => {
  const id = newEventId(); // any UUIDv7
  await addOrganisation(tx, { id, parentId: null, name, kind: "INTERNAL" });
  return id;
};
