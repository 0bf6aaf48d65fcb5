// Tollgate, all in one: gateway, five subgraphs, web app and, where no other is named, PostgreSQL.
import { EnvironmentError } from "@tollgate/kit/process";
import { DEMO_PASSWORD, demoPeople } from "./demo/organisations.js";
import { EmbeddedPostgresFault } from "./postgres/index.js";
import { clockAhead, demoClock } from "./process/clock.js";
import { readSettings } from "./process/environment.js";
import { StartFault } from "./process/free-port.js";
import { type Starting, startTollgate } from "./tollgate.js";

const say = (line: string) => process.stdout.write(`${line}\n`);

const welcome = (url: string, demo: boolean): string => {
  const ready = `Tollgate is ready at ${url}`;
  const places = [
    ["Dashboard", url],
    ["GraphiQL", `${url}/graphiql`],
    ...(demo ? [["Mailbox", `${url}/mailbox`]] : []),
  ].map(([name, place]) => `  ${name?.padEnd(12)}${place}`);
  if (!demo) return [ready, ...places].join("\n");
  const width = Math.max(...demoPeople.map((person) => person.email.length)) + 2;
  const people = demoPeople.map((person) => `  ${person.email.padEnd(width)}sees ${person.sees}`);
  return [
    ready,
    "",
    ...places,
    "",
    `Sign in with the password ${DEMO_PASSWORD}; the code arrives in the mailbox.`,
    ...people,
    "",
    "Ctrl-C stops everything.",
  ].join("\n");
};

/** What went wrong, in one sentence where we know it. */
const explain = (error: unknown): string => {
  const isExpected =
    error instanceof EnvironmentError || error instanceof EmbeddedPostgresFault || error instanceof StartFault;
  if (isExpected) return error.message;
  if (error instanceof Error && "code" in error && error.code === "ENOSPC")
    return "The disk is full; free some space and start again.";
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
};

let starting: Starting | null = null;
let ending: Promise<void> | null = null;

const end = (code: number): void => {
  ending ??= (starting?.stop() ?? Promise.resolve()).then(() => process.exit(code));
};

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => end(0));
process.on("uncaughtException", (error) => {
  process.stderr.write(`${explain(error)}\n`);
  end(1);
});

try {
  const settings = readSettings();
  const clock = settings.demo ? demoClock(settings.dataDirectory, process.argv) : clockAhead(0);
  starting = startTollgate(settings, say, clock.now);
  const { url } = await starting.ready;
  say(welcome(url, settings.demo));
  if (clock.ahead > 0) say(`The books are ${Math.round(clock.ahead / 3_600_000)} hours ahead of this computer.`);
} catch (error) {
  if (ending) await ending;
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
}
