// The process of the gateway by itself.
import { openLog, runProcess } from "@tollgate/kit/process";
import { type AloneSettings, ArgumentsError, readArguments, usage } from "./arguments.js";
import { serveAlone } from "./serve.js";

const settings = settingsOrExit();
const logger = openLog("gateway", settings.logLevel, null);

await runProcess(
  async (stopping) => {
    const gateway = await serveAlone(settings, logger);
    stopping.add("gateway", async () => await gateway.stop());
    process.on("SIGHUP", () => gateway.reload());
    process.stdout.write(`The gateway listens at ${gateway.url}/graphql\n`);
  },
  logger,
  ["SIGINT", "SIGTERM"],
);

function settingsOrExit(): AloneSettings {
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
