import type { AccountsEvents } from "./events/accounts.js";
import type { EventsOfAny } from "./events/any.js";
import type { BillingEvents } from "./events/billing.js";
import type { MessagingEvents } from "./events/messaging.js";
import type { OrganisationsEvents } from "./events/organisations.js";
import type { TelemetryEvents } from "./events/telemetry.js";

export type * from "./events/accounts.js";
export type * from "./events/any.js";
export type * from "./events/billing.js";
export type * from "./events/messaging.js";
export type * from "./events/organisations.js";
export type * from "./events/telemetry.js";

/** What a subgraph tells the others: the payload of each event by its type. Events of one aggregate arrive in order. */
export interface EventPayloads
  extends AccountsEvents,
    OrganisationsEvents,
    BillingEvents,
    TelemetryEvents,
    MessagingEvents,
    EventsOfAny {}
