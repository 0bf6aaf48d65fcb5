import { passedOnHeaders, RemoteProcess, remoteIdentity } from "@tollgate/kit/net";
import {
  enclose,
  GATEWAY,
  type HealthCheck,
  type HealthReport,
  type IdentitySource,
  PASSED_ON,
  type PassThroughResponse,
  type PassThroughRoute,
  REFUSALS_PATH,
  type RequestCaller,
  SUBGRAPH_NAMES,
  type SubgraphName,
} from "@tollgate/kit/protocol";
import type { Logger } from "pino";
import { RemoteService } from "../transport/remote-service.js";

export interface RemoteGraphOptions {
  /** Where each subgraph is, such as `http://billing:4003`. */
  addresses: Readonly<Record<SubgraphName, string>>;
  masterSecret: string;
  /** Whether what only the demo has is passed on. */
  demo: boolean;
  logger: Logger;
}

/** The five subgraphs in processes of their own, as `createGateway` takes them. */
export interface RemoteGraph {
  services: RemoteService[];
  identity: IdentitySource;
  routes: PassThroughRoute[];
  health: () => Promise<HealthReport>;
  onForbidden: (caller: RequestCaller, refusal: { permission: string }) => void;
  close: () => Promise<void>;
}

const HEALTH_MILLISECONDS = 2_000;
const PASSED_ON_MILLISECONDS = 30_000;

export function connectSubgraphs({ addresses, masterSecret, demo, logger }: RemoteGraphOptions): RemoteGraph {
  const remote = (name: SubgraphName) => new RemoteProcess(name, addresses[name], GATEWAY, masterSecret);
  const processes = new Map(SUBGRAPH_NAMES.map((name) => [name, remote(name)]));
  const of = (name: SubgraphName): RemoteProcess => {
    const found = processes.get(name);
    if (!found) throw new Error(`${name} is no subgraph`);
    return found;
  };
  const services = [...processes.values()].map((process) => new RemoteService(process, logger));
  return {
    services,
    identity: remoteIdentity(of("accounts")),
    routes: PASSED_ON.filter((one) => demo || !one.demo).map(({ subgraph, method, path, maxBytes, streams }) => ({
      method,
      path,
      ...(maxBytes !== undefined && { maxBytes }),
      handle: async ({ query, headers, rawBody, address }) => {
        const search = query.size > 0 ? `?${query}` : "";
        const call = {
          method,
          path: `${path}${search}`,
          headers: passedOnHeaders(headers),
          body: rawBody,
          address,
          milliseconds: PASSED_ON_MILLISECONDS,
        };
        const answer: Promise<PassThroughResponse> = streams ? of(subgraph).open(call) : of(subgraph).call(call);
        return await answer.catch((error: unknown) => {
          logger.warn({ err: error, path }, "could not be passed on");
          return { status: 503, headers: { "retry-after": "1" }, body: "This part is not available at the moment." };
        });
      },
    })),
    health: async () => await healthOf([...processes.values()]),
    onForbidden: (caller, { permission }) => {
      const body = JSON.stringify({ permission, extensions: { tollgate: enclose(caller) } });
      of("organisations")
        .ask({ method: "POST", path: REFUSALS_PATH, body })
        .catch((error: unknown) => logger.warn({ err: error, permission }, "a refusal could not be recorded"));
    },
    close: async () => {
      await Promise.all(services.map(async (service) => await service.close()));
      await Promise.all([...processes.values()].map(async (process) => await process.close()));
    },
  };
}

/**
 * Ready while accounts is: without it nobody can be recognised. Another subgraph that is away costs its own fields, and
 * is told here without making the gateway unready: what works shall still be reached.
 */
async function healthOf(processes: readonly RemoteProcess[]): Promise<HealthReport> {
  const checks = (await Promise.all(processes.map(checksOf))).flat();
  const essential = checks.filter(({ name }) => name.startsWith("accounts"));
  return { ready: essential.every(({ ready }) => ready), checks };
}

async function checksOf(process: RemoteProcess): Promise<HealthCheck[]> {
  try {
    const { body } = await process.call({ method: "GET", path: "/health/ready", milliseconds: HEALTH_MILLISECONDS });
    const { checks } = JSON.parse(body.toString("utf8")) as HealthReport; // what a subgraph's server writes
    return checks;
  } catch {
    return [{ name: process.name, ready: false, reason: "It does not answer." }];
  }
}
