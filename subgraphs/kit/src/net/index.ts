export { KeptConnections, RemoteUnavailable } from "./kept-connections.js";
export { registerPassThrough } from "./pass-through.js";
export {
  passedOnHeaders,
  type RemoteAnswer,
  type RemoteCall,
  RemoteProcess,
} from "./remote-process.js";
export { RemoteSink } from "./remote-sink.js";
export { RevocationWatch } from "./revocations.js";
export {
  type Answers,
  identityAnswers,
  powerFundsAnswers,
  remoteIdentity,
  remotePowerFunds,
  remoteTenancy,
  tenancyAnswers,
} from "./sources.js";
export { TokenVerifier } from "./tokens.js";
