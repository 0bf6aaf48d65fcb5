import { fileURLToPath } from "node:url";
import {
  forgetKeys,
  organisationReferences,
  readSetting,
  Sealer,
  type SubgraphDefinition,
  type SubgraphKit,
} from "@tollgate/kit";
import { forgetEvents, simulatedDriver } from "./adapters/simulated/driver.js";
import { MailWays } from "./adapters/ways.js";
import { queueCode, removeCodes } from "./codes/codes.js";
import { CodeFallback, CodeSender } from "./codes/sender.js";
import { ContactResolver, ConversationResolver } from "./conversations/conversation.resolver.js";
import { ConversationLiveResolver } from "./conversations/live.resolver.js";
import { MessageResolver } from "./conversations/message.resolver.js";
import { contactsById } from "./conversations/reading.js";
import { Organisation, User } from "./entities.js";
import { queueMail, removeMails } from "./mail/mail.js";
import { mailboxRoutes } from "./mail/mailbox.js";
import { Mailer } from "./mail/mailer.js";
import { invoiceHandlers } from "./notifications/invoices.js";
import { moneyHandlers } from "./notifications/money.js";
import { NotificationResolver, UserNotificationsResolver } from "./notifications/notification.resolver.js";
import { removeNotifications } from "./notifications/notifications.js";
import { paymentHandlers } from "./notifications/payments.js";
import { notificationHandlers } from "./notifications/sources.js";
import { followMember } from "./people/people.js";
import { messagingPersonalData } from "./personal-data.js";
import { sessionLimitsOf } from "./whatsapp/limits.js";
import { SessionRunner } from "./whatsapp/runner.js";
import { SessionMutationsResolver } from "./whatsapp/session.mutations.js";
import {
  OrganisationWhatsAppResolver,
  WhatsAppResolver,
  WhatsAppSessionResolver,
  WhatsAppStateResolver,
} from "./whatsapp/session.resolver.js";
import { followStatus } from "./whatsapp/suspension.js";

export { type SeededNotification, seedMessaging } from "./notifications/notification.seed.js";

export interface MessagingOptions {
  /** Such as `smtps://user:password@mail.example:465`; null: as the setting `mail.smtpUrl` has it, else the local mailbox. */
  smtpUrl: string | null;
  /** Sender of all mails, such as `Tollgate <no-reply@tollgate.example>`; null: the setting `mail.from`. */
  mailFrom: string | null;
  /** Where people reach Tollgate: the links in mails lead there. */
  publicUrl?: string;
  /** Whether mails may stay in the local mailbox where there is no SMTP. Never in production. */
  mailbox: boolean;
  /** WhatsApp sessions of one organisation at most, in place of the setting `whatsapp.sessions`. */
  sessionLimit?: number;
  /** Whether this process runs WhatsApp sessions beside answering; another one must if it does not. */
  runSessions?: boolean;
  clock?: () => Date;
}

/** Events that leave mails to be sent. */
const SENDS_MAIL: ReadonlySet<string> = new Set([
  "mail.requested",
  "signInCode.requested",
  "topUp.changed",
  "invoice.changed",
]);
const DAY = 24 * 3_600_000;
const KEYS_KEPT = 30 * DAY;

const parts = (kit: SubgraphKit, options: MessagingOptions): ReturnType<SubgraphDefinition["parts"]> => {
  const clock = options.clock ?? (() => new Date());
  const publicUrl = options.publicUrl ?? "http://localhost:4000";
  const ways = new MailWays(kit.settingKeys, options);
  const mailboxShows = options.mailbox && options.smtpUrl === null;
  const atRest = new Sealer(kit.masterSecret, "mail at rest");
  const mailer = new Mailer(kit.database, ways, atRest, kit.logger, clock, publicUrl);
  const keeping = { atRest, mailboxShows, clock };
  const mailed = () => mailer.wake();
  const codes = new Sealer(kit.masterSecret, "whatsapp at rest");
  const sessionLimits = sessionLimitsOf(options.sessionLimit);
  const runner = new SessionRunner(kit, {
    sealer: codes,
    drivers: { SIMULATED: simulatedDriver(kit.database, clock) },
    clock,
    codes: new CodeSender(kit.database, keeping, mailed, kit.logger),
  });
  const wake = () => runner.wake();
  const before = (milliseconds: number) => new Date(clock().getTime() - milliseconds);
  return {
    resolvers: [
      new UserNotificationsResolver(kit, clock),
      new NotificationResolver(),
      new OrganisationWhatsAppResolver(sessionLimits),
      new WhatsAppResolver(clock),
      new WhatsAppSessionResolver(),
      new WhatsAppStateResolver(kit, codes),
      new SessionMutationsResolver(kit, { sealer: codes, clock, sessionLimits, wake }),
      new ContactResolver(),
      new ConversationResolver(kit, clock),
      new MessageResolver(kit, clock, wake),
      new ConversationLiveResolver(kit),
    ],
    references: {
      User: ({ id }) => ({ id }),
      Organisation: ({ id }, context) => context.loader(organisationReferences).load(id),
      Contact: ({ id }, context) => context.loader(contactsById).load(id),
    },
    entities: [User, Organisation],
    handlers: {
      ...notificationHandlers,
      ...moneyHandlers,
      ...paymentHandlers(clock),
      ...invoiceHandlers(clock),
      "member.changed": followMember,
      "signInCode.requested": (tx, event) => queueCode(tx, event, kit.sealer, keeping),
      "mail.requested": (tx, event) => queueMail(tx, event, kit.sealer, atRest, clock()),
    },
    onEvent: (type) => {
      if (SENDS_MAIL.has(type)) mailer.wake();
      if (type === "signInCode.requested") wake();
      if (type === "wallet.warned" || type === "topUp.changed" || type === "organisation.changed") wake();
    },
    onTenancyChange: (tx, changes) => followStatus(tx, changes, clock()),
    workers: [
      mailer,
      new CodeFallback(kit.database, clock, mailed, kit.logger),
      ...(options.runSessions === false ? [] : [runner]),
    ],
    jobs: [
      {
        name: "remove-old-mail",
        schedule: "23 * * * *",
        run: () =>
          kit.database.system("remove-old-mail", async (tx) => {
            // What is in the mailbox can still be read, codes and all.
            const days = (await ways.current(tx))?.keeps ? 1 : await readSetting(tx, "mail.keepDays", null);
            await removeMails(tx, before(days * DAY));
            await removeCodes(tx, before(DAY));
          }),
      },
      {
        name: "forget-idempotency-keys",
        schedule: "52 2 * * *",
        run: () => kit.database.system("forget-keys", (tx) => forgetKeys(tx, before(KEYS_KEPT))),
      },
      {
        name: "forget-simulated-events",
        schedule: "57 2 * * *",
        run: () => kit.database.system("simulated-whatsapp", (tx) => forgetEvents(tx, before(DAY))),
      },
      {
        name: "remove-old-notifications",
        schedule: "41 2 * * *",
        run: () =>
          kit.database.system("remove-old-notifications", async (tx) => {
            const days = await readSetting(tx, "notifications.keepDays", null);
            await removeNotifications(tx, before(days * DAY));
          }),
      },
    ],
    routes: mailboxShows ? mailboxRoutes(kit.database, atRest, publicUrl) : [],
  };
};

/** WhatsApp with its conversations, mail, people as far as they are told something, and notifications. */
export const messagingSubgraph = (options: MessagingOptions): SubgraphDefinition => ({
  name: "messaging",
  migrations: fileURLToPath(new URL("../../../drizzle/messaging", import.meta.url)),
  personalData: messagingPersonalData,
  laws: { tables: { mail: "system", sign_in_code: "system" } },
  parts: (kit) => parts(kit, options),
});
