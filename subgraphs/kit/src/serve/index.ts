export { readSubgraphSettings, type SubgraphSettings } from "./environment.js";
export { runSubgraph, type Serving, type SubgraphProcess, serveSubgraph } from "./subgraph-process.js";
