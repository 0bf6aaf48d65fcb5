export { createGateway, type Gateway } from "./create-gateway.js";
export { defaultLimits, type Limits } from "./limits/limits.js";
export type { GatewayOptions } from "./options.js";
export { GATEWAY_VARIABLES, readGatewaySettings } from "./tollgate/environment.js";
export { connectSubgraphs, type RemoteGraph } from "./tollgate/remote-graph.js";
export { type GraphWays, serveTollgate } from "./tollgate/serve.js";
export { type GatewayPolicy, gatewayPolicy, gatewayVariables, policyVariables } from "./tollgate/variables.js";
export { RemoteService } from "./transport/remote-service.js";
