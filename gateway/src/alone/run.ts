// The process of the gateway by itself.
import { observeSettings, observeVariables, startTracing } from "@tollgate/kit/observe";
import { openLog, readEnvironment, runProcess, settingsOrExit } from "@tollgate/kit/process";
import { type AloneSettings, ArgumentsError, readArguments, usage } from "./arguments.js";
import { serveAlone } from "./serve.js";

const settings = argumentsOrExit();
const observe = settingsOrExit(() => observeSettings(readEnvironment(observeVariables)));
const logger = openLog("gateway", settings.logLevel, null);

await runProcess(
  async (stopping) => {
    await startTracing("gateway", observe.tracing, logger, stopping);
    const gateway = await serveAlone(settings, logger, observe.metricsToken);
    stopping.add("gateway", async () => await gateway.stop());
    process.on("SIGHUP", () => gateway.reload());
    process.stdout.write(`The gateway listens at ${gateway.url}/graphql\n`);
  },
  logger,
  ["SIGINT", "SIGTERM"],
);

function argumentsOrExit(): AloneSettings {
  try {
    const read = readArguments(process.argv.slice(2));
    if (read) return read;
    process.stdout.write(usage);
    process.exit(0);
  } catch (error) {
    if (!(error instanceof ArgumentsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}
