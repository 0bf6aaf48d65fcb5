export { AUDIT_EVENT, type AuditDetails, type AuditRecord, audit, auditAll, maskSecrets } from "./audit/audit.js";
export { leaveNoRecord } from "./audit/mutations.js";
export { Refusals } from "./audit/refusals.js";
export {
  type AnonymousCaller,
  asOneself,
  type Caller,
  callerOf,
  callerWith,
  holds,
  homeOrganisation,
  personOf,
  type RequestOrigin,
  requirePermission,
  requirePerson,
  requireUser,
  type SystemCaller,
  systemCaller,
  type UserCaller,
} from "./caller/caller.js";
export { type DatabaseAddresses, databaseAddresses } from "./database/addresses.js";
export {
  type Asked,
  Database,
  outsideTransaction,
  type Queries,
  refuseInTransaction,
  type Scope,
  type Together,
  type Tx,
} from "./database/database.js";
export type { Laws, TableLaw } from "./database/laws.js";
export { migrate } from "./database/migrate.js";
export { provision } from "./database/provision.js";
export { countStatements } from "./database/statement-watch.js";
export { id, instant, json, kitTables } from "./database/tables.js";
export {
  type DownloadLink,
  type DownloadsPlace,
  type DownloadTable,
  TableDownloads,
} from "./downloads/table-downloads.js";
export { type EventHandler, type EventsHandler, Inbox } from "./events/inbox.js";
export { type Mapping, mapped } from "./events/mapped.js";
export { announce, announceAll, emit, type NewEvent, newEventId } from "./events/outbox.js";
export { Sealer } from "./events/seal.js";
export { LiveStreams, type StreamedEvent } from "./events/stream.js";
export { explainConstraint, faultOfDatabaseError } from "./faults/database-errors.js";
export {
  ConflictFault,
  Fault,
  ForbiddenFault,
  type ForbiddenReason,
  InvalidInputFault,
  NotFoundFault,
  RateLimitedFault,
  type RefusedField,
  UnauthenticatedFault,
  UnavailableFault,
} from "./faults/fault.js";
export { isId, requireId } from "./faults/ids.js";
export { type Claim, claimKey, forgetKeys, keepResult, once } from "./idempotency/once.js";
export { onceEach } from "./idempotency/once-each.js";
export type { CronJob } from "./jobs/jobs.js";
export {
  type Currency,
  decimalText,
  divideHalfEven,
  formatMoney,
  isCurrency,
  type Money,
  money,
} from "./money/money.js";
export { networkOf } from "./net/network.js";
export {
  type Connection,
  type CursorKey,
  connectionOf,
  decodeCursor,
  encodeCursor,
  type PageArguments,
  pageSize,
} from "./paging/connection.js";
export {
  checkPersonalData,
  type Person,
  PersonalData,
  pseudonymEmail,
  pseudonymName,
  pseudonymOf,
  type TableDeclarations,
} from "./personal-data/index.js";
export { type HoldReceipt, machineDigest, Receipts } from "./receipts/receipt.js";
export { hashOfToken, type NewToken, newToken } from "./secrets/token.js";
export * from "./settings/index.js";
export type {
  SubgraphDefinition,
  SubgraphKit,
  SubgraphParts,
  SubgraphRuntime,
  Worker,
} from "./subgraph/definition.js";
export { Subgraph, TENANCY_EVENT } from "./subgraph/subgraph.js";
export { applyTenancy } from "./tenancy/projection.js";
export {
  inBranch,
  inScope,
  type KnownOrganisation,
  organisationInScope,
  organisationReferences,
  organisationsInScope,
  requireActive,
} from "./tenancy/scope.js";
export { containing } from "./text/containing.js";
export { oneLine } from "./text/one-line.js";
export { reasonOf } from "./text/reason.js";
export { type TableFile, type TableFormat, tableFiles } from "./text/table-file.js";
export { type ThreadLimits, ThreadQueue, type ThreadWords } from "./threads/thread-queue.js";
