export { databaseUrl, EnvironmentError, flag, readEnvironment, wholeNumber } from "./environment.js";
export { createLogger, type Logger } from "./logger.js";
export { Loop } from "./loop.js";
export { Stopping } from "./stopping.js";
