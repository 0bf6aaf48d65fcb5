import { id, instant } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { customType, foreignKey, index, text, unique, uuid } from "drizzle-orm/pg-core";
import { billing } from "../schema.js";
import { topUp } from "../topups/topup.schema.js";
import type { OnlineProvider } from "./provider.js";

export const PROVIDER_EVENT_STATES = ["RECEIVED", "APPLIED", "DUPLICATE", "REFUSED", "FAILED"] as const;
export type ProviderEventState = (typeof PROVIDER_EVENT_STATES)[number];

const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => "bytea" });

/** A webhook as it was received. Until its top-up is found it belongs to the platform's own organisation. */
export const providerEvent = billing.table(
  "provider_event",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    provider: text("provider").$type<OnlineProvider>().notNull(),
    /** The provider's, the same for each delivery. */
    providerEventId: text("provider_event_id").notNull(),
    kind: text("kind").notNull(),
    state: text("state").$type<ProviderEventState>().notNull(),
    /** Why it was not applied. */
    problem: text("problem"),
    topUpId: uuid("top_up_id"),
    /** As it came, for as long as it may have to be read again. */
    body: bytes("body"),
    receivedAt: instant("received_at").notNull(),
    /** When it last failed. */
    failedAt: instant("failed_at"),
    appliedAt: instant("applied_at"),
  },
  (table) => [
    unique("provider_event_key").on(table.provider, table.providerEventId),
    foreignKey({
      name: "provider_event_top_up_fk",
      columns: [table.organisationId, table.topUpId],
      foreignColumns: [topUp.organisationId, topUp.id],
    }),
    index("provider_event_organisation_idx").on(table.organisationId, table.receivedAt.desc(), table.id.desc()),
    index("provider_event_top_up_idx").on(table.topUpId),
    index("provider_event_open_idx").on(table.receivedAt).where(sql`state in ('RECEIVED', 'FAILED')`),
  ],
);

export type ProviderEventRow = typeof providerEvent.$inferSelect;
