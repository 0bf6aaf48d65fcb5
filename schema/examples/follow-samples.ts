// Follows the newest samples of all running machines, a line for each, until it is interrupted or has seen enough events:
//   TOLLGATE_URL=https://cloud.example TOLLGATE_TOKEN=… node schema/examples/follow-samples.ts [events]
import { FollowSamplesDocument, type FollowSamplesSubscription, TollgateError } from "@tollgate/client";
import { tollgateFromEnvironment } from "./environment.ts";

const enough = Number(process.argv[2] ?? Number.POSITIVE_INFINITY);
const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort());
// Whoever reads the lines has had enough of them, as `head` does.
process.stdout.once("error", () => interrupted.abort());

type Sample = FollowSamplesSubscription["vmSamples"][number];

function lineOf({ at, vm, cpuPercent, memoryUsedBytes, memoryTotalBytes }: Sample): string {
  const cpu = cpuPercent === null ? "unknown" : `${cpuPercent.toFixed(1)} %`;
  return `${at} ${vm.name}: CPU ${cpu}, memory ${shareOf(memoryUsedBytes, memoryTotalBytes)}`;
}

/** Bytes are text, because they may be more than a number counts exactly. */
function shareOf(used: string | null, total: string | null): string {
  if (used === null || total === null || BigInt(total) === 0n) return "unknown";
  return `${(BigInt(used) * 100n) / BigInt(total)} %`;
}

const tollgate = tollgateFromEnvironment(process.env);
try {
  let seen = 0;
  const samples = tollgate.follow(
    FollowSamplesDocument,
    {},
    {
      signal: interrupted.signal,
      keep: "newest",
      onTrouble: ({ message, code }) => process.stderr.write(`Interrupted: ${message} (${code})\n`),
    },
  );
  for await (const { vmSamples } of samples) {
    for (const sample of vmSamples) process.stdout.write(`${lineOf(sample)}\n`);
    seen += 1;
    if (seen >= enough) break;
  }
} catch (error) {
  if (!(error instanceof TollgateError)) throw error;
  process.stderr.write(`${error.message} (${error.code})\n`);
  process.exitCode = 1;
} finally {
  await tollgate.close();
}
