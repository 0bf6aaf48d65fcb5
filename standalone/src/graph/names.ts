/** The five subgraphs; organisations first, because the others pull the tree from it. */
export const SUBGRAPH_NAMES = ["organisations", "accounts", "billing", "telemetry", "messaging"] as const;

export type SubgraphName = (typeof SUBGRAPH_NAMES)[number];
