import { dirname, join } from "node:path";
import { policyVariables } from "@tollgate/gateway";
import { SETTING_DEFINITIONS, SETTING_KEYS, settingEnvironment, variableOf } from "@tollgate/kit";
import { observeEnvironment } from "@tollgate/kit/observe";
import { SUBGRAPH_NAMES, type SubgraphName } from "@tollgate/kit/protocol";
import type { DatabaseAddress, Settings } from "../process/environment.js";

/** What all processes are told beside their settings. */
export interface Place {
  /** Of the gateway, then of each subgraph, on this computer. */
  gatewayPort: number;
  ports: Readonly<Record<SubgraphName, number>>;
  publicUrl: string;
  masterSecret: string;
  databases: Readonly<Record<SubgraphName, DatabaseAddress>>;
  hoursAhead: number;
}

type Environment = Record<string, string>;

export const subgraphUrl = (place: Place, name: SubgraphName): string => `http://127.0.0.1:${place.ports[name]}`;

const shared = (name: string, settings: Settings, place: Place): Environment => ({
  TOLLGATE_DEMO: String(settings.demo),
  TOLLGATE_SECRET: place.masterSecret,
  LOG_LEVEL: settings.logLevel,
  ...observeEnvironment(settings.observe),
  // One log for each, beside the one that was named.
  ...(settings.logFile === null ? {} : { LOG_FILE: join(dirname(settings.logFile), `${name}.log`) }),
  ...Object.fromEntries(SUBGRAPH_NAMES.map((other) => [`${other.toUpperCase()}_URL`, subgraphUrl(place, other)])),
});

export const gatewayEnvironment = (settings: Settings, place: Place): Environment => ({
  ...shared("gateway", settings, place),
  HOST: settings.host,
  PORT: String(place.gatewayPort),
  PUBLIC_URL: place.publicUrl,
  ...policyVariables(settings.policy),
});

/** Of one subgraph: its own database and nothing that only others need. */
export const subgraphEnvironment = (name: SubgraphName, settings: Settings, place: Place): Environment => {
  const { url, directUrl } = place.databases[name];
  return {
    ...shared(name, settings, place),
    ...settingEnvironment(),
    HOST: "127.0.0.1",
    PORT: String(place.ports[name]),
    DATABASE_URL: url,
    ...(directUrl === null ? {} : { DATABASE_DIRECT_URL: directUrl }),
    DATABASE_POOLED: String(settings.pooled),
    DATABASE_CONNECTIONS: String(settings.connections),
    ...own(name, settings, place),
  };
};

/** Keys of payment providers, which nobody but billing needs. */
const paymentSecrets = (environment = process.env): Environment =>
  Object.fromEntries(
    SETTING_KEYS.filter((key) => key.startsWith("payments.") && SETTING_DEFINITIONS[key].type === "SECRET")
      .map(variableOf)
      .flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])),
  );

const own = (name: SubgraphName, settings: Settings, { publicUrl, hoursAhead }: Place): Environment => {
  if (name === "accounts") return { PUBLIC_URL: publicUrl };
  if (name === "organisations")
    return {
      PUBLIC_URL: publicUrl,
      ...(settings.auditDirectory === null ? {} : { AUDIT_DIRECTORY: settings.auditDirectory }),
      ...(settings.operator === null
        ? {}
        : { OPERATOR_NAME: settings.operator.name, OPERATOR_EMAIL: settings.operator.email }),
    };
  if (name === "billing")
    return { ...paymentSecrets(), PUBLIC_URL: publicUrl, BILLING_HOURS_AHEAD: String(hoursAhead) };
  if (name === "telemetry")
    return {
      TELEMETRY_SAMPLE_SECONDS: String(settings.sampleSeconds),
      TELEMETRY_HOST_SECONDS: String(settings.hostSeconds),
    };
  if (name === "messaging")
    return {
      ...(settings.mailFrom === null ? {} : { MAIL_FROM: settings.mailFrom }),
      PUBLIC_URL: publicUrl,
      ...(settings.smtpUrl === null ? {} : { SMTP_URL: settings.smtpUrl }),
    };
  return {};
};

/** Of the program that fills the demo's databases. */
export const preparationEnvironment = (settings: Settings, place: Place): Environment => ({
  ...shared("prepare", settings, place),
  ...settingEnvironment(),
  ...own("telemetry", settings, place),
  ...own("messaging", settings, place),
  ...own("billing", settings, place),
  DATABASE_POOLED: String(settings.pooled),
  TOLLGATE_DATA: settings.dataDirectory,
  ...Object.fromEntries(
    SUBGRAPH_NAMES.flatMap((name) => {
      const { url, directUrl } = place.databases[name];
      const prefix = `${name.toUpperCase()}_DATABASE`;
      return [
        [`${prefix}_URL`, url],
        [`${prefix}_DIRECT_URL`, directUrl ?? ""],
      ];
    }),
  ),
});
