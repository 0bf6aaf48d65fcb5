export { readSubgraphSettings, type SubgraphSettings } from "./environment.js";
export { SubgraphServer, type SubgraphServerOptions } from "./server.js";
export {
  type Others,
  runSubgraph,
  type ServedSubgraph,
  type Serving,
  type SubgraphProcess,
  serveSubgraph,
} from "./subgraph-process.js";
