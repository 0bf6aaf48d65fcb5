import type { EventHandler, Tx } from "@tollgate/kit";
import type { DeliveredEvent, LockOut, OrganisationTurn, SessionStart, UserChange } from "@tollgate/kit/protocol";
import { type Times, timeZoneOf } from "../mail/times.js";
import { concernedByTurn, followUser } from "../people/people.js";
import { forgetNotifications, type Notice, notify, notifyOfTimes } from "./notifications.js";
import { securitySuspected } from "./security.js";

/** Somebody signed in from a device that was not seen before: the person themselves should know. */
const sessionStarted: EventHandler = async (tx, event) => {
  const session = event.payload as SessionStart; // the catalogue's type for this event
  if (session.isKnownDevice) return;
  await notify(
    tx,
    [session],
    {
      kind: "SECURITY",
      severity: "INFO",
      title: "New sign-in",
      body: `From ${session.device}, at the address ${session.address}. If this was not you, end the session and change your password.`,
      link: "/notifications",
      subjectOrganisationId: session.organisationId,
      at: session.at,
    },
    event.id,
  );
};

const userLockedOut: EventHandler = async (tx, event) => {
  const lock = event.payload as LockOut; // the catalogue's type for this event
  const write = ({ clock }: Times): Notice => ({
    kind: "SECURITY",
    severity: "WARNING",
    title: "Sign-in locked",
    body: `After too many wrong attempts nobody could sign in as you until ${clock(lock.until)}. If these were not yours, change your password.`,
    link: "/notifications",
    subjectOrganisationId: lock.organisationId,
    at: event.occurredAt,
  });
  const timeZone = await timeZoneOf(tx, lock.organisationId);
  await notifyOfTimes(tx, [lock], { timeZone, write }, event.id);
};

const because = (reason: string | null): string => (reason === null ? "" : ` Reason: ${reason}`);

const turned = async (tx: Tx, event: DeliveredEvent, severity: "INFO" | "WARNING", title: string, body: string) => {
  const { organisationId, name, reason } = event.payload as OrganisationTurn; // the catalogue's type for both events
  const recipients = await concernedByTurn(tx, organisationId, "organisation:suspend");
  const notice = {
    kind: "SYSTEM" as const,
    severity,
    title: `${name} ${title}`,
    body: `${body}${because(reason)}`,
    link: "/",
    subjectOrganisationId: organisationId,
    at: event.occurredAt,
  };
  await notify(tx, recipients, notice, event.id);
};

const organisationSuspended: EventHandler = (tx, event) =>
  turned(tx, event, "WARNING", "is suspended", "Machines are stopped; reading and paying go on.");

const organisationReactivated: EventHandler = (tx, event) =>
  turned(tx, event, "INFO", "is active again", "Everything works as before.");

/** Whoever is erased leaves nothing that they were told. */
const userChanged: EventHandler = async (tx, event) => {
  const { userId, status } = event.payload as UserChange; // the catalogue's type for this event
  await followUser(tx, event);
  if (status === "ERASED") await forgetNotifications(tx, userId);
};

/** What people are told of, by the event it comes from. */
export const notificationHandlers: Readonly<Record<string, EventHandler>> = {
  "session.started": sessionStarted,
  "user.lockedOut": userLockedOut,
  "user.changed": userChanged,
  "organisation.suspended": organisationSuspended,
  "organisation.reactivated": organisationReactivated,
  "security.suspected": securitySuspected,
};
