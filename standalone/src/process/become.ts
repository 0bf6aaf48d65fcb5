import { type BookClock, clockAhead, demoClock } from "./clock.js";
import { readSettings, type Settings } from "./environment.js";
import type { Startable } from "./foundations.js";
import { explain, welcome } from "./welcome.js";

export const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/**
 * The whole of an entry: reads the settings, starts, says so, and stops politely on a signal.
 * @param start begins to start; `url` is where people reach it.
 */
export const becomeTollgate = async (
  start: (settings: Settings, clock: BookClock) => Startable<{ url: string }>,
): Promise<void> => {
  let starting: Startable<{ url: string }> | null = null;
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
    starting = start(settings, clock);
    const { url } = await starting.ready;
    say(welcome(url, settings.demo));
    if (clock.ahead > 0) say(`The books are ${Math.round(clock.ahead / 3_600_000)} hours ahead of this computer.`);
  } catch (error) {
    if (ending) await ending;
    process.stderr.write(`${explain(error)}\n`);
    process.exit(1);
  }
};
