import { z } from "zod";
import { observeVariables } from "../observe/settings.js";
import { SUBGRAPH_PORTS, type SubgraphName } from "../protocol/processes.js";
import { flag } from "./environment.js";

const loopback = ["127.0.0.1", "::1", "localhost"];

/** An address of a server, such as `http://billing:4003`. */
const origin = z
  .url({ protocol: /^https?$/, error: "must be an address such as http://billing:4003" })
  .refine((text) => !URL.canParse(text) || new URL(text).pathname === "/", "must have no path");

/** The variables that say where each subgraph is. */
export const subgraphUrls = {
  ACCOUNTS_URL: origin.default(`http://127.0.0.1:${SUBGRAPH_PORTS.accounts}`),
  ORGANISATIONS_URL: origin.default(`http://127.0.0.1:${SUBGRAPH_PORTS.organisations}`),
  BILLING_URL: origin.default(`http://127.0.0.1:${SUBGRAPH_PORTS.billing}`),
  TELEMETRY_URL: origin.default(`http://127.0.0.1:${SUBGRAPH_PORTS.telemetry}`),
  MESSAGING_URL: origin.default(`http://127.0.0.1:${SUBGRAPH_PORTS.messaging}`),
};

/** Where each subgraph is, from variables that were read by `subgraphUrls`. */
export const subgraphAddresses = (
  values: Readonly<Record<keyof typeof subgraphUrls, string>>,
): Record<SubgraphName, string> => ({
  accounts: values.ACCOUNTS_URL,
  organisations: values.ORGANISATIONS_URL,
  billing: values.BILLING_URL,
  telemetry: values.TELEMETRY_URL,
  messaging: values.MESSAGING_URL,
});

/** What the gateway and each subgraph read, when they are processes of their own. */
export const processVariables = {
  HOST: z.string().default("127.0.0.1"),
  TOLLGATE_DEMO: flag(false),
  TOLLGATE_SECRET: z.string({ error: "is needed" }).min(32, "must have at least 32 characters"),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
  LOG_FILE: z.string().optional(),
  ...observeVariables,
  ...subgraphUrls,
};

/** The demo listens on this computer only. */
export const demoRules = ({ HOST = "127.0.0.1", TOLLGATE_DEMO }: Readonly<Record<string, string | undefined>>) =>
  TOLLGATE_DEMO === "true" && !loopback.includes(HOST)
    ? ["HOST: the demo listens on this computer only; set TOLLGATE_DEMO=false to serve others"]
    : [];
