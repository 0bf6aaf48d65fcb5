import type { SeededNotification } from "@tollgate/messaging";
import { demoId, demoPeople } from "./organisations.js";

/** One welcome for each person of the demo. */
export const messagingSeed = (now: Date): { notifications: SeededNotification[] } => ({
  notifications: demoPeople.map((person, index) => ({
    sourceEventId: demoId("4", index + 1),
    userId: person.id,
    organisationId: person.organisationId,
    kind: "SYSTEM" as const,
    severity: "INFO" as const,
    title: "Welcome to Tollgate",
    body: `You are signed in as ${person.displayName} and see ${person.sees}.`,
    link: "/",
    at: now,
  })),
});
