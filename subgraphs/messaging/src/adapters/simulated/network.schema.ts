import { instant } from "@tollgate/kit";
import { foreignKey, index, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { messaging } from "../../schema.js";
import { whatsappSession } from "../../whatsapp/session.schema.js";

/** The phones that scanned a code of the simulated driver. */
export const simulatedPhone = messaging.table(
  "simulated_phone",
  {
    sessionId: uuid("session_id").primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    phone: text("phone").notNull(),
    scannedAt: instant("scanned_at").notNull(),
  },
  (table) => [
    index("simulated_phone_organisation_idx").on(table.organisationId),
    foreignKey({
      columns: [table.organisationId, table.sessionId],
      foreignColumns: [whatsappSession.organisationId, whatsappSession.id],
    }),
  ],
);

/** What the simulated network has yet to tell: receipts of messages, and answers of contacts. */
export const simulatedEvent = messaging.table(
  "simulated_event",
  {
    sessionId: uuid("session_id").notNull(),
    organisationId: uuid("organisation_id").notNull(),
    messageId: text("message_id").notNull(),
    kind: text("kind").$type<"DELIVERED" | "READ" | "ANSWER">().notNull(),
    contactPhone: text("contact_phone").notNull(),
    text: text("text"),
    dueAt: instant("due_at").notNull(),
    toldAt: instant("told_at"),
  },
  (table) => [
    // A message that is handed over again, after a crash, is the same message.
    primaryKey({ columns: [table.sessionId, table.messageId, table.kind] }),
    index("simulated_event_due_idx").on(table.sessionId, table.dueAt),
    index("simulated_event_organisation_idx").on(table.organisationId),
    foreignKey({
      columns: [table.organisationId, table.sessionId],
      foreignColumns: [whatsappSession.organisationId, whatsappSession.id],
    }),
  ],
);
