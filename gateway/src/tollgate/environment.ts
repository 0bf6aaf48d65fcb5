import { type ObserveSettings, observeSettings } from "@tollgate/kit/observe";
import {
  demoRules,
  processVariables,
  publicUrl,
  readEnvironment,
  subgraphAddresses,
  wholeNumber,
} from "@tollgate/kit/process";
import type { SubgraphName } from "@tollgate/kit/protocol";
import { type GatewayPolicy, gatewayPolicy, gatewayVariables } from "./variables.js";

const shape = {
  ...processVariables,
  PORT: wholeNumber(0, 65_535, 4000),
  PUBLIC_URL: publicUrl.optional(),
  ...gatewayVariables,
};

/** All that Tollgate's gateway is told from outside, where it is a process of its own. */
export interface GatewaySettings {
  host: string;
  port: number;
  publicUrl: string;
  policy: GatewayPolicy;
  demo: boolean;
  masterSecret: string;
  addresses: Record<SubgraphName, string>;
  logLevel: string;
  /** Null: standard error. */
  logFile: string | null;
  observe: ObserveSettings;
}

/** @throws EnvironmentError with everything that is wrong at once */
export function readGatewaySettings(environment: NodeJS.ProcessEnv = process.env): GatewaySettings {
  const values = readEnvironment(shape, environment, rules);
  return {
    host: values.HOST,
    port: values.PORT,
    publicUrl: values.PUBLIC_URL ?? `http://localhost:${values.PORT}`,
    policy: gatewayPolicy(values),
    demo: values.TOLLGATE_DEMO,
    masterSecret: values.TOLLGATE_SECRET,
    addresses: subgraphAddresses(values),
    logLevel: values.LOG_LEVEL,
    logFile: values.LOG_FILE ?? null,
    observe: observeSettings(values),
  };
}

/** Sessions travel in cookies: outside the demo only over HTTPS. */
function rules(given: Readonly<Record<string, string | undefined>>): string[] {
  const { TOLLGATE_DEMO, PUBLIC_URL } = given;
  const insecure = TOLLGATE_DEMO !== "true" && !PUBLIC_URL?.startsWith("https://");
  return [
    ...demoRules(given),
    ...(insecure ? ["PUBLIC_URL: must be an https address where TOLLGATE_DEMO is false"] : []),
  ];
}

/** Names of all variables, for checking that `.env.example` explains each. */
export const GATEWAY_VARIABLES = Object.keys(shape);
