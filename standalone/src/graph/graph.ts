import { identityOf } from "@tollgate/accounts";
import type { GraphWays } from "@tollgate/gateway";
import type { HealthReport } from "@tollgate/kit/protocol";
import {
  createSubgraphs,
  type SubgraphOptions,
  type Subgraphs,
  type SubgraphsRuntime,
  startSubgraphs,
  stopSubgraphs,
} from "./subgraphs.js";

/** The five subgraphs with the gateway's ways to them: made, not yet started. */
export interface Graph {
  subgraphs: Subgraphs;
  start: () => Promise<void>;
  stop: () => Promise<void>;
  forGateway: GraphWays;
}

/** Everything in one process: the gateway calls the subgraphs as functions, and so do they each other's inboxes. */
export const graphInProcess = async (options: SubgraphOptions, runtime: SubgraphsRuntime): Promise<Graph> => {
  const subgraphs = await createSubgraphs(options, runtime);
  const all = Object.values(subgraphs);
  return {
    subgraphs,
    start: () => startSubgraphs(subgraphs),
    stop: () => stopSubgraphs(subgraphs),
    forGateway: {
      services: all,
      identity: identityOf(subgraphs.accounts, runtime.masterSecret),
      routes: all.flatMap((subgraph) => [...subgraph.routes]),
      health: () => healthOf(subgraphs),
      onForbidden: (caller, { permission }) => subgraphs.organisations.recordRefusal(caller, permission),
    },
  };
};

/** The health of all five, as they tell it themselves. */
export const healthOf = async (subgraphs: Subgraphs): Promise<HealthReport> => {
  const checks = (await Promise.all(Object.values(subgraphs).map((subgraph) => subgraph.health()))).flat();
  return { ready: checks.every((check) => check.ready), checks };
};
