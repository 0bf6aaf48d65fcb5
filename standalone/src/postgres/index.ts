export { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from "./embedded.js";
export { EmbeddedPostgresFault } from "./fault.js";
export { startTestPostgres, type TestPostgres } from "./throwaway.js";
