// A report of the fleet and of all wallets of an estate, as text:
//   TOLLGATE_URL=https://cloud.example TOLLGATE_TOKEN=… node schema/examples/fleet-and-wallets.ts
import {
  FleetReportDocument,
  type FleetReportQuery,
  TollgateError,
  type WalletPartsFragment,
  WalletsDocument,
} from "@tollgate/client";
import { tollgateFromEnvironment } from "./environment.ts";

type Fleet = NonNullable<NonNullable<FleetReportQuery["organisation"]>["fleet"]>;

const percent = (value: number | null) => (value === null ? "unknown" : `${value.toFixed(0)} %`);
const write = (line: string) => void process.stdout.write(`${line}\n`);
/** One part of the graph may be away: the report says what it lacks, and has the rest. */
const tell = (error: TollgateError) => process.stderr.write(`Incomplete: ${error.message} (${error.code})\n`);

function writeFleet({ organisation }: FleetReportQuery): void {
  write(organisation?.name ?? "Unknown organisation");
  const fleet = organisation?.fleet;
  if (fleet) writeMachines(fleet);
  else write("The fleet is not known at the moment.");
}

function writeMachines(fleet: Fleet): void {
  write(`Machines: ${fleet.machines}, ${fleet.running} of them running, ${fleet.unhealthy} unhealthy`);
  write(`CPU ${percent(fleet.cpuAverage)}, memory ${percent(fleet.memoryAverage)} on average`);
  for (const { vm, value } of fleet.topConsumers)
    write(
      `  ${vm.name} of ${vm.organisation?.name ?? "unknown"}: CPU ${percent(value)}, ${vm.hourlyCost?.formatted ?? "unpriced"} per hour`,
    );
}

function writeWallet(owner: string, { available, burnRate, runsOutAt, state }: WalletPartsFragment): void {
  const end = runsOutAt === null ? "lasts" : `runs out at ${runsOutAt}`;
  write(`  ${owner}: ${available.formatted} available, ${burnRate.formatted} per hour, ${end} (${state})`);
}

const tollgate = tollgateFromEnvironment(process.env);
try {
  writeFleet(await tollgate.query(FleetReportDocument, {}, { onPartial: tell }));
  write("Wallets:");
  for await (const page of tollgate.pages(WalletsDocument, {}, ({ wallets }) => wallets, { onPartial: tell }))
    for (const wallet of page.nodes) writeWallet(wallet.organisation?.name ?? "unknown", wallet);
} catch (error) {
  if (!(error instanceof TollgateError)) throw error;
  process.stderr.write(`${error.message} (${error.code}, request ${error.requestId ?? "unknown"})\n`);
  process.exitCode = 1;
}
