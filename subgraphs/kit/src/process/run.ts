import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { pino } from "pino";
import { EnvironmentError } from "./environment.js";
import { createLogger, type Logger } from "./logger.js";
import { Stopping } from "./stopping.js";

/** A log on standard error, or in a file. */
export const openLog = (name: string, level: string, file: string | null): Logger => {
  if (file === null) return createLogger(name, level);
  mkdirSync(dirname(file), { recursive: true });
  return createLogger(name, level, pino.destination({ dest: file, sync: true }));
};

/** What a process tells the one that started it, where that one listens. */
export const READY_MESSAGE = "ready";

const ENDING_SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Runs a process until a signal, or until the process that started it with a channel is gone: then everything is
 * stopped in the opposite order.
 * @param start puts what it starts on `stopping`; resolves when the process listens.
 * @param signals those that end it.
 */
export const runProcess = async (
  start: (stopping: Stopping) => Promise<void>,
  logger: Logger,
  signals: readonly NodeJS.Signals[] = ENDING_SIGNALS,
): Promise<void> => {
  const stopping = new Stopping(logger);
  let ending: Promise<void> | null = null;
  const end = (code: number): Promise<void> => {
    ending ??= stopping.stop().then(() => process.exit(code));
    return ending;
  };
  for (const signal of signals) process.on(signal, () => void end(0));
  process.on("disconnect", () => void end(0));
  process.on("uncaughtException", (error) => {
    logger.fatal({ error }, "uncaught");
    void end(1);
  });
  try {
    await start(stopping);
    process.send?.(READY_MESSAGE);
  } catch (error) {
    if (ending === null) process.stderr.write(`${explain(error)}\n`);
    await end(1);
  }
};

/** Reads settings; where they are not usable, says why and ends the process. */
export const settingsOrExit = <Settings>(read: () => Settings): Settings => {
  try {
    return read();
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    process.exit(1);
  }
};

const explain = (error: unknown): string => {
  if (error instanceof EnvironmentError) return error.message;
  if (error instanceof Error && "code" in error && error.code === "EADDRINUSE")
    return "Another program listens on this port; stop it, or choose another PORT.";
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
};
