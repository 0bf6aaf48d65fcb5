import { fileURLToPath } from "node:url";
import { Sealer, type SubgraphDefinition, type SubgraphKit } from "@tollgate/kit";
import { mailboxTransport } from "./adapters/mailbox.js";
import { smtpTransport } from "./adapters/smtp.js";
import type { MailTransport } from "./adapters/transport.js";
import { queueMail, removeMails } from "./mail/mail.js";
import { mailboxRoutes } from "./mail/mailbox.js";
import { Mailer } from "./mail/mailer.js";
import { NotificationResolver, UserNotificationsResolver } from "./notifications/notification.resolver.js";
import { User } from "./notifications/notification.types.js";
import { removeNotifications } from "./notifications/notifications.js";
import { notificationHandlers } from "./notifications/sources.js";
import { followMember } from "./people/people.js";

export { type SeededNotification, seedMessaging } from "./notifications/notification.seed.js";

export interface MessagingOptions {
  /** Such as `smtps://user:password@mail.example:465`; null for the local mailbox. */
  smtpUrl: string | null;
  /** Sender of all mails, such as `Tollgate <no-reply@tollgate.example>`. */
  mailFrom: string;
  /** Whether mails may stay in the local mailbox where there is no SMTP. Never in production. */
  mailbox: boolean;
  clock?: () => Date;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MAIL_KEPT = { mailbox: DAY, sent: 30 * DAY };
const NOTIFICATIONS_KEPT = 90 * DAY;

const transportOf = (options: MessagingOptions): MailTransport => {
  if (options.smtpUrl !== null) return smtpTransport(options.smtpUrl, options.mailFrom);
  if (options.mailbox) return mailboxTransport();
  throw new Error("Messaging needs SMTP or the local mailbox, else nobody can sign in.");
};

const parts = (kit: SubgraphKit, options: MessagingOptions): ReturnType<SubgraphDefinition["parts"]> => {
  const clock = options.clock ?? (() => new Date());
  const transport = transportOf(options);
  const atRest = new Sealer(kit.masterSecret, "mail at rest");
  const mailer = new Mailer(kit.database, transport, atRest, kit.logger, clock);
  const before = (milliseconds: number) => new Date(clock().getTime() - milliseconds);
  return {
    resolvers: [new UserNotificationsResolver(kit), new NotificationResolver()],
    references: { User: ({ id }) => ({ id }) },
    entities: [User],
    handlers: {
      ...notificationHandlers,
      "member.changed": followMember,
      "mail.requested": (tx, event) => queueMail(tx, event, kit.sealer, atRest, clock()),
    },
    onEvent: (type) => {
      if (type === "mail.requested") mailer.wake();
    },
    workers: [mailer],
    jobs: [
      {
        name: "remove-old-mail",
        schedule: "23 * * * *",
        run: () =>
          kit.database.system("remove-old-mail", (tx) =>
            removeMails(tx, before(transport.keeps ? MAIL_KEPT.mailbox : MAIL_KEPT.sent)),
          ),
      },
      {
        name: "remove-old-notifications",
        schedule: "41 2 * * *",
        run: () =>
          kit.database.system("remove-old-notifications", (tx) => removeNotifications(tx, before(NOTIFICATIONS_KEPT))),
      },
    ],
    routes: transport.keeps ? mailboxRoutes(kit.database, atRest) : [],
  };
};

/** Mail, people as far as they are told something, and notifications. */
export const messagingSubgraph = (options: MessagingOptions): SubgraphDefinition => ({
  name: "messaging",
  migrations: fileURLToPath(new URL("../../../drizzle/messaging", import.meta.url)),
  laws: { tables: { mail: "system" } },
  parts: (kit) => parts(kit, options),
});
