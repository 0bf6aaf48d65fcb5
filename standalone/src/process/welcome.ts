import { EnvironmentError } from "@tollgate/kit/process";
import { DEMO_PASSWORD, demoPeople } from "../demo/organisations.js";
import { EmbeddedPostgresFault } from "../postgres/index.js";
import { StartFault } from "./free-port.js";

/** What is said when everything is ready. */
export const welcome = (url: string, demo: boolean): string => {
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
export const explain = (error: unknown): string => {
  const isExpected =
    error instanceof EnvironmentError || error instanceof EmbeddedPostgresFault || error instanceof StartFault;
  if (isExpected) return error.message;
  if (error instanceof Error && "code" in error && error.code === "ENOSPC")
    return "The disk is full; free some space and start again.";
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
};
