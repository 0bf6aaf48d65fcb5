import type { BillingInterval } from "../gql/graphql.js";

/** How long a price is for. */
export const PER: Record<BillingInterval, string> = { HOURLY: "an hour", MONTHLY: "a month", ANNUAL: "a year" };
