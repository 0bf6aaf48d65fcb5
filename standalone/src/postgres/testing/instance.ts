import { startEmbeddedPostgres } from "../embedded.js";
import { startTestPostgres } from "../throwaway.js";

/**
 * A Tollgate reduced to its database, for tests that kill it: prints what it started as a line of JSON and stays.
 * Arguments: the directory, or `throw-away`.
 */
const [directory = "throw-away"] = process.argv.slice(2);
const quiet = () => undefined;
try {
  const server =
    directory === "throw-away"
      ? await startTestPostgres()
      : await startEmbeddedPostgres({
          directory,
          durable: true,
          servedAt: 4000,
          logger: { info: quiet, warn: quiet, error: quiet },
        });
  process.stdout.write(`${JSON.stringify({ url: server.url, pid: "pid" in server ? server.pid : null })}\n`);
  setInterval(quiet, 60_000);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ refused: error instanceof Error ? error.message : String(error) })}\n`);
}
