import type { OnlineProvider } from "./provider.js";

/** Where providers send browsers back to. */
export const RETURN_PATH = "/payments/return";

/** Where a provider tells us. */
export const webhookPath = (name: OnlineProvider): string => `/webhooks/payments/${name.toLowerCase()}`;
