import type { Logger } from "pino";
import { clearRemains } from "./adopt.js";
import { isAlive, type Launch, launchPostmaster, type Postmaster, stopPostmaster } from "./postmaster.js";

const EVERY_MILLISECONDS = 500;
const LONGEST_PAUSE_MILLISECONDS = 30_000;

export interface SupervisedServer {
  pid(): number;
  stop(): Promise<void>;
}

interface Supervision {
  server: Postmaster;
  /** How to start it again: on the same port, which clients know. */
  launch: Launch;
  logger: Pick<Logger, "info" | "warn" | "error">;
}

/** Looks after a server until `stop`: one that dies is started again, with growing pauses while that fails. */
export function superviseServer({ server, launch, logger }: Supervision): SupervisedServer {
  let current = server;
  let stopping = false;
  let revival: Promise<void> | null = null;
  let pause = EVERY_MILLISECONDS;
  let timer = setTimeout(look, pause).unref();

  function look(): void {
    if (stopping) return;
    if (isAlive(current)) {
      pause = EVERY_MILLISECONDS;
      timer = setTimeout(look, pause).unref();
      return;
    }
    revival = revive().finally(() => {
      revival = null;
      timer = setTimeout(look, pause).unref();
    });
  }

  async function revive(): Promise<void> {
    logger.error({ pid: current.pid }, "the embedded PostgreSQL died; starting it again");
    try {
      await clearRemains(launch.data);
      current = await launchPostmaster(launch);
      logger.info({ pid: current.pid }, "the embedded PostgreSQL runs again");
    } catch (error) {
      pause = Math.min(pause * 2, LONGEST_PAUSE_MILLISECONDS);
      logger.error({ err: error }, "the embedded PostgreSQL cannot be started again yet");
    }
  }

  return {
    pid: () => current.pid,
    async stop() {
      stopping = true;
      clearTimeout(timer);
      await revival;
      clearTimeout(timer);
      await stopPostmaster(current);
    },
  };
}
