export type { RetryOptions } from "./backoff.js";
export { type CallOptions, Tollgate, type TollgateOptions } from "./client.js";
export type { Credentials, TokenSource } from "./credentials.js";
export { ERROR_CODES, type GraphError, TollgateError, type TollgateErrorCode } from "./errors.js";
export * from "./gql/graphql.js";
export type { FollowOptions } from "./live.js";
