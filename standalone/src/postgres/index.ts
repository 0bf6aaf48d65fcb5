export { startEmbeddedPostgres } from "./embedded.js";
export { EmbeddedPostgresFault } from "./fault.js";
export { startTestPostgres } from "./throwaway.js";
