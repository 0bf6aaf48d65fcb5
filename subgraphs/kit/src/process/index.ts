export {
  auditVariables,
  databaseUrl,
  EnvironmentError,
  flag,
  mailVariables,
  operatorRule,
  operatorVariables,
  publicUrl,
  readEnvironment,
  wholeNumber,
} from "./environment.js";
export { createLogger, type Logger } from "./logger.js";
export { Loop } from "./loop.js";
export { openLog, READY_MESSAGE, runProcess, settingsOrExit } from "./run.js";
export { Stopping } from "./stopping.js";
export { demoRules, processVariables, subgraphAddresses, subgraphUrls } from "./variables.js";
