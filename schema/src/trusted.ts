import { readFileSync } from "node:fs";

const registers = ["dashboard", "partner"];

/** The operations of the dashboard and of the partner client: SHA-256 of the text → text, as they are committed. */
export const readTrustedDocuments = (): ReadonlyMap<string, string> =>
  new Map(
    registers.flatMap((name) => {
      const register = readFileSync(new URL(`../trusted/${name}.json`, import.meta.url), "utf8");
      return Object.entries(JSON.parse(register) as Record<string, string>); // what generating writes
    }),
  );
