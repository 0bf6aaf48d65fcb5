import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StartFault } from "./free-port.js";

const UNITS = { h: 3_600_000, d: 86_400_000 } as const;

/** The time of the books, and how far it is ahead of the computer's, in milliseconds. */
export interface BookClock {
  now: () => Date;
  ahead: number;
}

/** A clock that is this far ahead. */
export const clockAhead = (ahead: number): BookClock => ({ now: () => new Date(Date.now() + ahead), ahead });

/** `+30d` or `+6h` in milliseconds. @throws StartFault for anything else: time only goes forwards. */
const parseMove = (text: string): number => {
  const match = /^\+(\d{1,4})([hd])$/.exec(text);
  if (!match) throw new StartFault(`--clock=${text} is not a step forwards such as +30d or +6h.`);
  const [, count = "0", unit] = match;
  return Number(count) * UNITS[unit === "h" ? "h" : "d"];
};

/**
 * The demo's clock of billing, which can be moved forwards to see money run out. It stays ahead in later starts: books
 * never go back in time.
 * @param argv the arguments of the process, of which `--clock=+30d` is looked at.
 */
export const demoClock = (dataDirectory: string, argv: readonly string[]): BookClock => {
  const file = join(dataDirectory, "clock");
  const stored = readStored(file);
  const move = argv.find((argument) => argument.startsWith("--clock="))?.slice("--clock=".length);
  if (move === undefined) return clockAhead(stored);
  const ahead = stored + parseMove(move);
  mkdirSync(dataDirectory, { recursive: true });
  writeFileSync(file, String(ahead));
  return clockAhead(ahead);
};

const readStored = (file: string): number => {
  try {
    const ahead = Number(readFileSync(file, "utf8"));
    return Number.isSafeInteger(ahead) && ahead > 0 ? ahead : 0;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return 0;
    throw error;
  }
};
