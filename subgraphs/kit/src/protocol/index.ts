export type { AccessClaims, CallerScope, OrganisationKind, RequestCaller } from "./caller.js";
export { decode, encode, revive } from "./codec.js";
export { type EnclosedOperation, type Envelope, enclose, unclose } from "./envelope.js";
export { ERROR_CODES, type ErrorCode } from "./error-codes.js";
export { type DeliveredEvent, type EventSink, SinkUnavailable } from "./event.js";
export type {
  ClosingRefused,
  ClosingTurn,
  CodeChannelChange,
  ErasureConfirmation,
  EventPayloads,
  ExportPart,
  ExportRequest,
  InvitationChange,
  InvoiceChange,
  LockOut,
  MachinesTurn,
  MailKind,
  MailRequest,
  MemberChange,
  OrderEnd,
  OrderPlacement,
  OrganisationErasure,
  OrganisationNamed,
  OrganisationTurn,
  PaymentIncident,
  ProvisioningCancel,
  ProvisioningChange,
  RegistrationRefusal,
  ResetRequest,
  ServiceSubscriptionChange,
  SessionStart,
  SettingChanged,
  SignInCodeRequest,
  Suspicion,
  TopUpChange,
  UserChange,
  UserErasure,
  UserRegistration,
  VmChange,
  WalletWarning,
} from "./events.js";
export type { PowerFunds } from "./funds.js";
export { BAD_NARROWING, bearerFrom, clientFrom, narrowingFrom, requestIdFrom } from "./headers.js";
export type { HealthCheck, HealthReport } from "./health.js";
export type { PassThroughRequest, PassThroughResponse, PassThroughRoute } from "./http.js";
export {
  API_KEY_START,
  type ApiKeyExchange,
  type IdentitySource,
  type Revocations,
  type ShownApiKey,
  TOKEN_AUDIENCE,
  TOKEN_ISSUER,
} from "./identity.js";
export {
  CONNECT_CALL,
  EVENTS_PATH,
  GATEWAY,
  GRAPHQL_PATH,
  QUESTIONS,
  REFUSALS_PATH,
  SUBGRAPH_NAMES,
  SUBGRAPH_PORTS,
  type SubgraphName,
} from "./processes.js";
export { EVENT_CONSUMERS, PASSED_ON, type PassedOn } from "./routing.js";
export { SIGNATURE_HEADERS, type SignedCall, signCall, verifyCall } from "./signing.js";
export type {
  SessionTokens,
  SubgraphExtensions,
  SubgraphRequest,
  SubgraphResponse,
  SubgraphService,
} from "./subgraph.js";
export type { OrganisationStatus, TenancyChange, TenancySource } from "./tenancy.js";
