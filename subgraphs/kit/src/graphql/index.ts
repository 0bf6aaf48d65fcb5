import "reflect-metadata";

// TypeGraphQL stays behind this file.
export {
  Arg,
  Args,
  ArgsType,
  Ctx,
  createUnionType,
  Directive,
  Field,
  FieldResolver,
  Float,
  ID,
  Info,
  InputType,
  Int,
  InterfaceType,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
  Subscription,
} from "type-graphql";
export { buildSubgraph, type ReferenceResolver } from "./build.js";
export { connectionType } from "./connections.js";
export { type BatchRead, OperationContext, type SubscribeArguments } from "./context.js";
export { Download, DownloadFormat } from "./download.js";
export { outcome, ProblemFault, problemOf, resultUnion, type TypeClass } from "./outcome.js";
export {
  BigIntScalar,
  CurrencyScalar,
  DateTime,
  EmailAddressScalar,
  JsonScalar,
  LocaleScalar,
  PhoneNumberScalar,
  TimeZoneScalar,
  UrlScalar,
} from "./scalars.js";
export {
  ConflictProblem,
  ErrorCode,
  FieldError,
  ForbiddenProblem,
  ForbiddenReason,
  graphEnum,
  InvalidInputProblem,
  Money,
  NotFoundProblem,
  OrderDirection,
  PageInfo,
  PeriodInput,
  Problem,
  RateLimitedProblem,
  Severity,
  StorageClass,
} from "./types.js";
