/** The five subgraphs; organisations first, because the others pull the tree from it. */
export const SUBGRAPH_NAMES = ["organisations", "accounts", "billing", "telemetry", "messaging"] as const;

export type SubgraphName = (typeof SUBGRAPH_NAMES)[number];

/** Who may call a subgraph as a part of Tollgate. */
export const GATEWAY = "gateway";

/** Where each subgraph listens when it is a process of its own and nobody says otherwise. */
export const SUBGRAPH_PORTS: Readonly<Record<SubgraphName, number>> = {
  accounts: 4001,
  organisations: 4002,
  billing: 4003,
  telemetry: 4004,
  messaging: 4005,
};

export const GRAPHQL_PATH = "/graphql";

/** What the gateway signs when it opens a WebSocket; the operations on it need no signature of their own. */
export const CONNECT_CALL = { method: "CONNECT", path: GRAPHQL_PATH, body: "" } as const;

/** Paths that parts of Tollgate call at each other, beside `/graphql`. All of them need a signature. */
export const INTERNAL_PATHS = {
  events: "/events",
  tenancy: "/internal/tenancy",
  revocations: "/internal/revocations",
  refusals: "/internal/refusals",
} as const;
