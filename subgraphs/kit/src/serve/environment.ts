import type { z } from "zod";
import { type ObserveSettings, observeSettings } from "../observe/settings.js";
import { databaseUrl, flag, readEnvironment, wholeNumber } from "../process/environment.js";
import { demoRules, processVariables, subgraphAddresses } from "../process/variables.js";
import { SUBGRAPH_PORTS, type SubgraphName } from "../protocol/processes.js";
import { settingVariables } from "../settings/environment.js";

type Given = Readonly<Record<string, string | undefined>>;

/** The settings of a subgraph's process, those that only it has included. */
export interface SubgraphSettings<Own extends z.ZodRawShape> {
  host: string;
  port: number;
  demo: boolean;
  masterSecret: string;
  database: { url: string; directUrl: string | null; pooled: boolean; connections: number };
  logLevel: string;
  /** Null: standard error. */
  logFile: string | null;
  observe: ObserveSettings;
  addresses: Record<SubgraphName, string>;
  own: z.infer<z.ZodObject<Own>>;
}

/**
 * Reads a subgraph's settings. Its own database variables count before those of all.
 * @param own variables that this subgraph alone reads.
 * @param ownRules over these, as `readEnvironment` takes them.
 * @throws EnvironmentError with everything that is wrong at once.
 */
export const readSubgraphSettings = <Own extends z.ZodRawShape>(
  name: SubgraphName,
  own: Own,
  ownRules: (given: Given) => string[] = () => [],
  environment: NodeJS.ProcessEnv = process.env,
): SubgraphSettings<Own> => {
  const upper = name.toUpperCase();
  const [ownUrl, ownDirectUrl] = [`${upper}_DATABASE_URL`, `${upper}_DATABASE_DIRECT_URL`];
  const rules = (given: Given) => [
    ...demoRules(given),
    ...(given["DATABASE_URL"] === undefined && given[ownUrl] === undefined
      ? [`DATABASE_URL: is needed, or ${ownUrl}`]
      : []),
    ...ownRules(given),
  ];
  const shared = {
    ...settingVariables,
    ...processVariables,
    PORT: wholeNumber(0, 65_535, SUBGRAPH_PORTS[name]),
    DATABASE_URL: databaseUrl.optional(),
    DATABASE_DIRECT_URL: databaseUrl.optional(),
    DATABASE_POOLED: flag(false),
    DATABASE_CONNECTIONS: wholeNumber(2, 100, 8),
  };
  const perSubgraph = { [ownUrl]: databaseUrl.optional(), [ownDirectUrl]: databaseUrl.optional() };
  const values = readEnvironment(shared, environment, (given) => [
    ...problemsOf(() => readEnvironment({ ...perSubgraph, ...own }, environment)),
    ...rules(given),
  ]);
  const database = environment[ownUrl]
    ? { url: environment[ownUrl], directUrl: environment[ownDirectUrl] || null }
    : { url: values.DATABASE_URL ?? "", directUrl: values.DATABASE_DIRECT_URL ?? null }; // one of them is there, as the rules say
  return {
    host: values.HOST,
    port: values.PORT,
    demo: values.TOLLGATE_DEMO,
    masterSecret: values.TOLLGATE_SECRET,
    database: { ...database, pooled: values.DATABASE_POOLED, connections: values.DATABASE_CONNECTIONS },
    logLevel: values.LOG_LEVEL,
    logFile: values.LOG_FILE ?? null,
    observe: observeSettings(values),
    addresses: subgraphAddresses(values),
    own: readEnvironment(own, environment),
  };
};

const problemsOf = (read: () => unknown): string[] => {
  try {
    read();
    return [];
  } catch (error) {
    const [, ...lines] = (error instanceof Error ? error.message : String(error)).split("\n  ");
    return lines;
  }
};
