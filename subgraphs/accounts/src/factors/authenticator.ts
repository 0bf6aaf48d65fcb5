import type { Tx } from "@tollgate/kit";
import { and, eq, lt } from "drizzle-orm";
import { authenticator } from "../tables.js";
import type { UserRow } from "../users/users.js";
import type { FactorSecrets } from "./secrets.js";
import { base32, otpauthUrl, stepOfCode } from "./totp.js";

const SETUP_MINUTES = 10;
const TRIES = 5;

/** What an app is set up with; shown once. */
export interface AuthenticatorSetup {
  secret: string;
  otpauthUrl: string;
  expiresAt: Date;
}

/** A new secret, in place of one that was being set up. The one in use works on until this one is confirmed. */
export const beginSetup = async (
  tx: Tx,
  user: UserRow,
  secrets: FactorSecrets,
  now: Date,
): Promise<AuthenticatorSetup> => {
  const secret = secrets.newAuthenticator();
  const expiresAt = new Date(now.getTime() + SETUP_MINUTES * 60_000);
  const setup = { pending: secrets.seal(secret, user.id), pendingUntil: expiresAt, pendingTries: TRIES };
  await tx.db
    .insert(authenticator)
    .values({ userId: user.id, organisationId: user.organisationId, ...setup })
    .onConflictDoUpdate({ target: authenticator.userId, set: setup });
  return { secret: base32(secret), otpauthUrl: otpauthUrl(user.email, secret), expiresAt };
};

export type SetupAnswer =
  | { outcome: "CONFIRMED" }
  | { outcome: "EXPIRED" }
  | { outcome: "WRONG_CODE"; triesLeft: number };

/** Takes the app into use when its code is right; it is the only one from then on. After five wrong codes the setup is gone. */
export const confirmSetup = async (
  tx: Tx,
  userId: string,
  code: string,
  secrets: FactorSecrets,
  now: Date,
): Promise<SetupAnswer> => {
  const own = eq(authenticator.userId, userId);
  const [row] = await tx.db.select().from(authenticator).where(own).for("update");
  if (!row?.pending || !row.pendingUntil || row.pendingUntil <= now) return { outcome: "EXPIRED" };
  const step = stepOfCode(secrets.open(row.pending, userId), code, now, 0);
  if (step === null) {
    const triesLeft = row.pendingTries - 1;
    await tx.db
      .update(authenticator)
      .set(triesLeft > 0 ? { pendingTries: triesLeft } : NO_SETUP)
      .where(own);
    return { outcome: "WRONG_CODE", triesLeft };
  }
  await tx.db
    .update(authenticator)
    .set({ secret: row.pending, lastStep: step, ...NO_SETUP })
    .where(own);
  return { outcome: "CONFIRMED" };
};

const NO_SETUP = { pending: null, pendingUntil: null, pendingTries: 0 };

/** Takes a code of the app in use. Its step is used up with it: the same code never works again, on no replica. */
export const takeAuthenticatorCode = async (
  tx: Tx,
  userId: string,
  code: string,
  secrets: FactorSecrets,
  now: Date,
): Promise<boolean> => {
  const own = eq(authenticator.userId, userId);
  const [row] = await tx.db.select().from(authenticator).where(own).for("update");
  if (!row?.secret) return false;
  const step = stepOfCode(secrets.open(row.secret, userId), code, now, row.lastStep);
  if (step === null) return false;
  const taken = await tx.db
    .update(authenticator)
    .set({ lastStep: step })
    .where(and(own, lt(authenticator.lastStep, step)))
    .returning({ userId: authenticator.userId });
  return taken.length > 0;
};

export const hasAuthenticator = async (tx: Tx, userId: string): Promise<boolean> => {
  const [row] = await tx.db
    .select({ secret: authenticator.secret })
    .from(authenticator)
    .where(eq(authenticator.userId, userId));
  return row?.secret != null;
};

export const forgetAuthenticator = async (tx: Tx, userId: string): Promise<void> => {
  await tx.db.delete(authenticator).where(eq(authenticator.userId, userId));
};
