import { readFileSync, unwatchFile, watchFile } from "node:fs";
import type { Logger } from "pino";
import { createGateway } from "../create-gateway.js";
import type { Limits } from "../limits/limits.js";
import { addressesOf } from "./addresses.js";
import type { AloneSettings } from "./arguments.js";
import { Subgraphs } from "./subgraphs.js";
import { recogniserOf } from "./tokens.js";

/** A gateway by itself, over the supergraph of a file. */
export interface AloneGateway {
  /** Where it listens, such as `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Reads the file again and serves what it has now. One that cannot be served is logged, and changes nothing. */
  reload(): void;
  stop(): Promise<void>;
}

/** Milliseconds between two looks at the file. */
const LOOK_MILLISECONDS = 250;
/** Live streams go on with an old subgraph for longer than operations do, until they have moved. */
const MOVING_MILLISECONDS = 60_000;

const plenty = { perSecond: 1_000_000_000, burst: 1_000_000_000 };

/**
 * What a single client may ask for is not known of a graph of others, behind whatever proxies: one address can be all of
 * them. What protects the process itself stays.
 */
const limits: Partial<Limits> = {
  addressRate: plenty,
  callerRate: plenty,
  subscriptionsPerCaller: 1_000_000,
  subscriptionsPerSocket: 10_000,
  cost: Number.MAX_SAFE_INTEGER,
  depth: 100,
  aliases: 1_000,
  rootFields: 1_000,
  fields: 100_000,
  tokens: 50_000,
};

/**
 * @param metricsToken what readers of `/metrics` show; null: this computer only may read
 * @throws when the file cannot be read or served, or the port is taken
 */
export async function serveAlone(
  settings: AloneSettings,
  logger: Logger,
  metricsToken: string | null = null,
): Promise<AloneGateway> {
  const { supergraph: file, host, port, milliseconds, tokens } = settings;
  const subgraphs = new Subgraphs(logger, milliseconds + MOVING_MILLISECONDS);
  let served = readFileSync(file, "utf8");
  const services = subgraphs.prepare(addressesOf(served, settings.addresses));
  subgraphs.serve(services);
  const gateway = await createGateway({
    supergraphSdl: served,
    services,
    identity: null,
    forwards: true,
    ...(tokens && { recognise: recogniserOf(tokens) }),
    host,
    port,
    publicUrl: `http://localhost:${port}`,
    secureCookies: false,
    logger,
    webRoot: null,
    graphiqlRoot: null,
    routes: [],
    health: async () => ({ ready: true, checks: [{ name: "supergraph", ready: true }] }),
    explore: true,
    metricsToken,
    limits: { ...limits, operationMilliseconds: milliseconds },
  });

  const reload = (): void => {
    try {
      const sdl = readFileSync(file, "utf8");
      if (sdl === served) return;
      const next = subgraphs.prepare(addressesOf(sdl, settings.addresses));
      gateway.swap(sdl, next);
      subgraphs.serve(next);
      served = sdl;
      logger.info({ file, subgraphs: next.map(({ name }) => name) }, "serves another supergraph");
    } catch (error) {
      logger.error({ err: error, file }, "the new supergraph cannot be served; the old one stays");
    }
  };
  // Not by events of the file system: where a file is replaced, or linked to elsewhere, there are none for it.
  const onChange = (): void => reload();
  watchFile(file, { interval: LOOK_MILLISECONDS }, onChange);

  return {
    url: gateway.url,
    reload,
    stop: async () => {
      unwatchFile(file, onChange);
      await gateway.stop();
      await subgraphs.close();
    },
  };
}
