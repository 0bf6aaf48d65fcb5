export type { AccessClaims, OrganisationKind, RequestCaller } from "./caller.js";
export { decode, encode, revive } from "./codec.js";
export { ERROR_CODES, type ErrorCode } from "./error-codes.js";
export type { DeliveredEvent, EventSink } from "./event.js";
export type {
  EventPayloads,
  LockOut,
  MachinesTurn,
  MailRequest,
  MemberChange,
  OrderEnd,
  OrderPlacement,
  OrganisationTurn,
  ProvisioningCancel,
  ProvisioningChange,
  SessionStart,
  TopUpChange,
  UserChange,
  VmChange,
  WalletWarning,
} from "./events.js";
export type { HealthCheck, HealthReport } from "./health.js";
export type { PassThroughRequest, PassThroughResponse, PassThroughRoute } from "./http.js";
export type { IdentitySource, Revocations } from "./identity.js";
export type {
  SessionTokens,
  SubgraphExtensions,
  SubgraphRequest,
  SubgraphResponse,
  SubgraphService,
} from "./subgraph.js";
export type { OrganisationStatus, TenancyChange, TenancySource } from "./tenancy.js";
