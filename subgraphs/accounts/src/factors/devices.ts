import { hashOfToken, newToken, type Tx } from "@tollgate/kit";
import { and, eq, gt, sql } from "drizzle-orm";
import { deviceOf } from "../sessions/device.js";
import { trustedDevice } from "../tables.js";
import type { UserRow } from "../users/users.js";

const DAY = 24 * 3_600_000;

/** What a browser keeps in a cookie, to be asked for no code while the setting allows it. */
export interface DeviceToken {
  token: string;
  expiresAt: Date;
}

/** Trusts the device that the request came from. @param days as the organisation's setting has it */
export const trustDevice = async (tx: Tx, user: UserRow, days: number, now: Date): Promise<DeviceToken> => {
  const { token, hash } = newToken();
  const expiresAt = new Date(now.getTime() + days * DAY);
  await tx.db.insert(trustedDevice).values({
    organisationId: user.organisationId,
    userId: user.id,
    hash,
    device: deviceOf(tx.caller.userAgent),
    createdAt: now,
    expiresAt,
  });
  return { token, expiresAt };
};

/** Whether a token is of a device that this user trusts, for no longer than `days`: the setting may have been lowered since. */
export const isTrusted = async (tx: Tx, userId: string, token: string, days: number, now: Date): Promise<boolean> => {
  if (days <= 0) return false;
  const [row] = await tx.db
    .select({ id: trustedDevice.id })
    .from(trustedDevice)
    .where(
      and(
        eq(trustedDevice.hash, hashOfToken(token)),
        eq(trustedDevice.userId, userId),
        gt(trustedDevice.expiresAt, now),
        gt(trustedDevice.createdAt, new Date(now.getTime() - days * DAY)),
      ),
    );
  return row !== undefined;
};

/** Ends the trust in all devices of a user, wherever they are. */
export const forgetDevices = async (tx: Tx, userId: string): Promise<void> => {
  await tx.db.delete(trustedDevice).where(eq(trustedDevice.userId, userId));
};

export const tidyDevices = async (tx: Tx): Promise<void> => {
  await tx.db.delete(trustedDevice).where(sql`expires_at < now()`);
};
