export { SUBGRAPH_NAMES, type SubgraphName } from "@tollgate/kit/protocol";
