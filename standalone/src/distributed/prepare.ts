// Fills the demo's databases, then ends; the processes of the subgraphs begin when it is done.
import { databaseAddresses } from "@tollgate/kit";
import { openLog, runProcess } from "@tollgate/kit/process";
import { seedDemo } from "../demo/seed.js";
import { subgraphOptions } from "../graph/options.js";
import { createSubgraphs, startSubgraphs, stopSubgraphs } from "../graph/subgraphs.js";
import { clockAhead } from "../process/clock.js";
import { readSettings } from "../process/environment.js";
import { explain } from "../process/welcome.js";

const HOUR = 3_600_000;

const settings = readSettings();
const { databases, secret, pooled } = settings;
const bookClock = clockAhead(Number(process.env["BILLING_HOURS_AHEAD"] ?? "0") * HOUR).now;
const logger = openLog("prepare", settings.logLevel, settings.logFile);

await runProcess(async (stopping) => {
  if (secret === null) throw new Error("TOLLGATE_SECRET is needed");
  const subgraphs = await createSubgraphs(
    // Nobody samples or pays here: the subgraphs' own processes do, as soon as this one has ended.
    { ...subgraphOptions(settings, bookClock), simulate: false, demoPayments: false },
    {
      addresses: (name) => {
        const address = databases[name];
        if (!address) throw new Error(`${name} has no database`);
        return databaseAddresses(name, address.url, address.directUrl, secret, pooled);
      },
      connections: 4,
      masterSecret: secret,
      logger,
    },
  );
  stopping.add("subgraphs", () => stopSubgraphs(subgraphs));
  try {
    await startSubgraphs(subgraphs);
    await seedDemo(subgraphs, (line) => process.stdout.write(`${line}\n`), settings.historyDays);
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    await stopping.stop();
    process.exit(1);
  }
  await stopping.stop();
  process.exit(0);
}, logger);
