import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The master secret of the demo: made on the first start and kept beside the data, readable by its owner alone. */
export const localSecret = (dataDirectory: string): string => {
  mkdirSync(dataDirectory, { recursive: true });
  const file = join(dataDirectory, "secret");
  try {
    // `wx`: whoever comes second reads what the first has written.
    writeFileSync(file, randomBytes(32).toString("hex"), { mode: 0o600, flag: "wx" });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  return readFileSync(file, "utf8").trim();
};
