// Tollgate's gateway as a process of its own, with the web app: the subgraphs are called over HTTP.
import { startTracing } from "@tollgate/kit/observe";
import { openLog, runProcess, settingsOrExit } from "@tollgate/kit/process";
import { readGatewaySettings } from "./environment.js";
import { connectSubgraphs } from "./remote-graph.js";
import { serveTollgate } from "./serve.js";

const settings = settingsOrExit(() => readGatewaySettings());
const logger = openLog("gateway", settings.logLevel, settings.logFile);

await runProcess(async (stopping) => {
  await startTracing("gateway", settings.observe.tracing, logger, stopping);
  const { addresses, masterSecret, demo } = settings;
  const graph = connectSubgraphs({ addresses, masterSecret, demo, logger });
  stopping.add("connections", async () => await graph.close());
  const gateway = await serveTollgate(graph, settings, logger);
  stopping.add("gateway", async () => await gateway.stop());
}, logger);
