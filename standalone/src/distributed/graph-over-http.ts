import { identityOf } from "@tollgate/accounts";
import { powerFundsOf } from "@tollgate/billing";
import { connectSubgraphs } from "@tollgate/gateway";
import type { Subgraph } from "@tollgate/kit";
import { powerFundsAnswers, remotePowerFunds } from "@tollgate/kit/net";
import { Stopping } from "@tollgate/kit/process";
import { SUBGRAPH_NAMES, type SubgraphName } from "@tollgate/kit/protocol";
import { type ServedSubgraph, serveSubgraph } from "@tollgate/kit/serve";
import { tenancySourceOf } from "@tollgate/organisations";
import type { Graph } from "../graph/graph.js";
import { definitionsOf, type SubgraphOptions, type SubgraphsRuntime } from "../graph/subgraphs.js";
import { freePorts } from "../process/free-port.js";

const HOST = "127.0.0.1";

/** What each subgraph is when it is served, as its `main.ts` says. */
const servedOf = (options: SubgraphOptions): readonly ServedSubgraph[] => {
  const definitions = definitionsOf(options);
  return [
    { name: "organisations", define: () => definitions.organisations, tenancy: tenancySourceOf },
    { name: "accounts", define: () => definitions.accounts, identity: identityOf },
    {
      name: "billing",
      define: () => definitions.billing,
      answers: (billing) => powerFundsAnswers(powerFundsOf(billing, options.bookClock)),
    },
    {
      name: "telemetry",
      define: ({ billing }) => definitionsOf({ ...options, powerFunds: remotePowerFunds(billing) }).telemetry,
    },
    { name: "messaging", define: () => definitions.messaging },
  ];
};

/**
 * The subgraphs as servers on ports of their own that call each other, and are called by the gateway, over HTTP and
 * WebSocket only; that they live in one process here keeps tests quick.
 */
export const graphOverHttp = async (
  options: SubgraphOptions,
  { addresses: databaseOf, connections, masterSecret, logger }: SubgraphsRuntime,
  demo: boolean,
): Promise<Graph> => {
  const ports = await freePorts(SUBGRAPH_NAMES.length);
  const portOf = (name: SubgraphName) => ports[SUBGRAPH_NAMES.indexOf(name)] ?? 0;
  const addresses = Object.fromEntries(
    SUBGRAPH_NAMES.map((name) => [name, `http://${HOST}:${portOf(name)}`]),
  ) as Record<SubgraphName, string>; // one for each name
  const made = new Map<SubgraphName, { subgraph: Subgraph; start: () => Promise<void> }>();
  const stopping = new Stopping(logger);
  for (const served of servedOf(options)) {
    const { name } = served;
    const serving = {
      host: HOST,
      port: portOf(name),
      database: databaseOf(name),
      connections,
      masterSecret,
      addresses,
    };
    made.set(name, await serveSubgraph(served, { ...serving, logger }, stopping));
  }
  const of = (name: SubgraphName): Subgraph => {
    const found = made.get(name);
    if (!found) throw new Error(`${name} is not served`);
    return found.subgraph;
  };
  const remote = connectSubgraphs({ addresses, masterSecret, demo, logger });
  stopping.add("connections of the gateway", () => remote.close());
  return {
    subgraphs: {
      organisations: of("organisations"),
      accounts: of("accounts"),
      billing: of("billing"),
      telemetry: of("telemetry"),
      messaging: of("messaging"),
    },
    start: async () => {
      await Promise.all([...made.values()].map(({ start }) => start()));
    },
    stop: () => stopping.stop(),
    forGateway: remote,
  };
};
