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

/** The inbox of a subgraph. Signed calls only. */
export const EVENTS_PATH = "/events";

/** What one part of Tollgate may ask another outside the graph, in the one JSON codec. Signed calls only. */
export const QUESTIONS = {
  /** To organisations: changes of the tree after a version. */
  tenancy: "/internal/tenancy",
  /** To accounts: what was revoked after a sequence number. */
  revocations: "/internal/revocations",
  /** To accounts: what an API key is good for. */
  apiKeys: "/internal/api-keys",
  /** To billing: which machines there is too little money to switch on for. */
  powerFunds: "/internal/power-funds",
} as const;

/** Told to organisations by the gateway: an operation that was refused before it reached any subgraph. */
export const REFUSALS_PATH = "/internal/refusals";
