// Tollgate's gateway as a process of its own, with the web app: the subgraphs are called over HTTP.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openLog, runProcess, settingsOrExit } from "@tollgate/kit/process";
import { readSupergraph } from "@tollgate/schema";
import { createGateway } from "../create-gateway.js";
import { readGatewaySettings } from "./environment.js";
import { connectSubgraphs } from "./remote-graph.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));

function builtFolder(path: string): string | null {
  const folder = join(root, path);
  return existsSync(join(folder, "index.html")) ? folder : null;
}

const settings = settingsOrExit(() => readGatewaySettings());
const logger = openLog("gateway", settings.logLevel, settings.logFile);

await runProcess(async (stopping) => {
  const { addresses, masterSecret, demo, host, port, publicUrl, trustedProxies } = settings;
  const graph = connectSubgraphs({ addresses, masterSecret, demo, logger });
  stopping.add("connections", async () => await graph.close());
  const gateway = await createGateway({
    ...graph,
    supergraphSdl: readSupergraph(),
    host,
    port,
    publicUrl,
    trustedProxies,
    secureCookies: publicUrl.startsWith("https://"),
    logger,
    webRoot: builtFolder("web/dist"),
    graphiqlRoot: builtFolder("gateway/dist/graphiql"),
    explore: demo,
  });
  stopping.add("gateway", async () => await gateway.stop());
}, logger);
