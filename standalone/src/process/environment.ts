import { type GatewayPolicy, gatewayPolicy, gatewayVariables } from "@tollgate/gateway";
import { settingVariables } from "@tollgate/kit";
import { type ObserveSettings, observeSettings, observeVariables } from "@tollgate/kit/observe";
import {
  auditVariables,
  databaseUrl,
  flag,
  mailVariables,
  operatorRule,
  operatorVariables,
  readEnvironment,
  wholeNumber,
} from "@tollgate/kit/process";
import { z } from "zod";
import { SUBGRAPH_NAMES, type SubgraphName } from "../graph/names.js";

const loopback = ["127.0.0.1", "::1", "localhost"];
const url = z.url({ protocol: /^https?$/, error: "must be an address such as https://cloud.example" });

const perSubgraph = Object.fromEntries(
  SUBGRAPH_NAMES.flatMap((name) => [
    [`${name.toUpperCase()}_DATABASE_URL`, databaseUrl.optional()],
    [`${name.toUpperCase()}_DATABASE_DIRECT_URL`, databaseUrl.optional()],
  ]),
);

const shape = {
  ...settingVariables,
  PORT: wholeNumber(0, 65_535, 4000),
  HOST: z.string().default("127.0.0.1"),
  PUBLIC_URL: url.optional(),
  ...gatewayVariables,
  TOLLGATE_DEMO: flag(true),
  DEMO_HISTORY_DAYS: wholeNumber(0, 184, 40),
  TOLLGATE_DATA: z.string().default(".tollgate"),
  TOLLGATE_SECRET: z.string().min(32, "must have at least 32 characters").optional(),
  DATABASE_URL: databaseUrl.optional(),
  DATABASE_DIRECT_URL: databaseUrl.optional(),
  DATABASE_POOLED: flag(false),
  DATABASE_CONNECTIONS: wholeNumber(2, 100, 8),
  ...mailVariables,
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
  LOG_FILE: z.string().optional(),
  ...auditVariables,
  ...operatorVariables,
  ...observeVariables,
  TELEMETRY_SAMPLE_SECONDS: wholeNumber(1, 300, 5),
  TELEMETRY_HOST_SECONDS: wholeNumber(1, 300, 2),
};

export interface DatabaseAddress {
  url: string;
  directUrl: string | null;
}

/** All that the process is told from outside. */
export interface Settings {
  host: string;
  port: number;
  publicUrl: string;
  policy: GatewayPolicy;
  demo: boolean;
  /** Of the demo: days of use that its customers have behind them on the first start. */
  historyDays: number;
  dataDirectory: string;
  /** Null: made on the first start and kept beside the data; the demo's only. */
  secret: string | null;
  /** Null: an embedded PostgreSQL. */
  database: DatabaseAddress | null;
  databases: Partial<Record<SubgraphName, DatabaseAddress>>;
  pooled: boolean;
  connections: number;
  /** Null: as the setting has it, or the demo's mailbox. */
  smtpUrl: string | null;
  /** Null: as the setting has it. */
  mailFrom: string | null;
  logLevel: string;
  /** Null: standard error. */
  logFile: string | null;
  /** Where anchors and archives of the audit trail are written; null: nowhere. */
  auditDirectory: string | null;
  /** Who is invited where nobody is in yet; null: nobody was named. */
  operator: { name: string; email: string } | null;
  observe: ObserveSettings;
  sampleSeconds: number;
  hostSeconds: number;
}

/**
 * The process's settings.
 * @throws EnvironmentError with everything that is wrong at once.
 */
export const readSettings = (environment: NodeJS.ProcessEnv = process.env): Settings => {
  const values = readEnvironment({ ...shape, ...perSubgraph }, environment, rules);
  const demo = values.TOLLGATE_DEMO;
  const publicUrl = values.PUBLIC_URL ?? `http://localhost:${values.PORT}`;
  const databases: Settings["databases"] = {};
  for (const name of SUBGRAPH_NAMES) {
    const own = addressOf(environment, `${name.toUpperCase()}_DATABASE`);
    if (own) databases[name] = own;
  }
  return {
    host: values.HOST,
    port: values.PORT,
    publicUrl: publicUrl.replace(/\/$/, ""),
    policy: gatewayPolicy(values),
    demo,
    historyDays: values.DEMO_HISTORY_DAYS,
    dataDirectory: values.TOLLGATE_DATA,
    secret: values.TOLLGATE_SECRET ?? null,
    database: addressOf(environment, "DATABASE"),
    databases,
    pooled: values.DATABASE_POOLED,
    connections: values.DATABASE_CONNECTIONS,
    smtpUrl: values.SMTP_URL ?? null,
    mailFrom: values.MAIL_FROM ?? null,
    logLevel: values.LOG_LEVEL,
    logFile: values.LOG_FILE ?? (demo ? `${values.TOLLGATE_DATA}/log/tollgate.log` : null),
    auditDirectory: values.AUDIT_DIRECTORY ?? null,
    operator:
      values.OPERATOR_NAME && values.OPERATOR_EMAIL
        ? { name: values.OPERATOR_NAME, email: values.OPERATOR_EMAIL }
        : null,
    observe: observeSettings(values),
    sampleSeconds: values.TELEMETRY_SAMPLE_SECONDS,
    hostSeconds: values.TELEMETRY_HOST_SECONDS,
  };
};

/** The demo stays on this computer; nothing of it reaches production: no secret of its own making, no mailbox, no plain HTTP. */
const rules = (given: Readonly<Record<string, string | undefined>>): string[] => {
  const { HOST = "127.0.0.1", TOLLGATE_DEMO, TOLLGATE_SECRET, PUBLIC_URL } = given;
  if (TOLLGATE_DEMO !== "false") {
    return loopback.includes(HOST)
      ? []
      : ["HOST: the demo listens on this computer only; set TOLLGATE_DEMO=false to serve others"];
  }
  return [
    ...operatorRule(given),
    ...(TOLLGATE_SECRET === undefined ? ["TOLLGATE_SECRET: is needed where TOLLGATE_DEMO is false"] : []),
    ...(PUBLIC_URL?.startsWith("https://")
      ? []
      : ["PUBLIC_URL: must be an https address where TOLLGATE_DEMO is false"]),
  ];
};

/** The variables were checked before. */
const addressOf = (environment: NodeJS.ProcessEnv, prefix: string): DatabaseAddress | null => {
  const address = environment[`${prefix}_URL`];
  return address ? { url: address, directUrl: environment[`${prefix}_DIRECT_URL`] || null } : null;
};

/** Names of all variables, for checking that `.env.example` explains each. */
export const VARIABLES = Object.keys({ ...shape, ...perSubgraph });
