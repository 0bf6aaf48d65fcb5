import type { Subgraph } from "@tollgate/kit";
import { notify } from "./notifications.js";

/** A notification of the demo. */
export interface SeededNotification {
  /** Given, so that seeding again does nothing. */
  sourceEventId: string;
  userId: string;
  organisationId: string;
  kind: "SYSTEM" | "SECURITY";
  severity: "INFO" | "WARNING" | "CRITICAL";
  title: string;
  body: string;
  /** A path of the web app. */
  link: string | null;
  at: Date;
}

/** Demo data: notifications, such as a welcome. Does nothing for those that are there. */
export const seedMessaging = async (
  subgraph: Subgraph,
  data: { notifications: readonly SeededNotification[] },
): Promise<void> => {
  await subgraph.database.system("seed", async (tx) => {
    for (const { sourceEventId, userId, organisationId, ...text } of data.notifications) {
      const notice = { ...text, subjectOrganisationId: organisationId };
      await notify(tx, [{ userId, organisationId }], notice, sourceEventId);
    }
  });
};
