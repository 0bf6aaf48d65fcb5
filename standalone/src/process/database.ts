import { faultOfDatabaseError } from "@tollgate/kit";
import type { Stopping } from "@tollgate/kit/process";
import postgres from "postgres";
import { StartFault } from "./free-port.js";

const RETRY_MILLISECONDS = 1_000;

/**
 * Waits until a database that others run answers; says so once when it has to wait. Returns early when stopped.
 * @throws StartFault when it answers with a refusal: waiting would not help.
 */
export const awaitDatabase = async (url: string, stopping: Stopping, say: (line: string) => void): Promise<void> => {
  const { host } = new URL(url);
  for (let attempt = 1; !stopping.begun; attempt += 1) {
    const refusal = await ask(url);
    if (refusal === null) return;
    if (faultOfDatabaseError(refusal)?.code !== "UNAVAILABLE") {
      throw new StartFault(
        `The database at ${host} refuses us: ${refusal instanceof Error ? refusal.message : refusal}.`,
      );
    }
    if (attempt === 1) say(`The database at ${host} does not answer; waiting for it …`);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS));
  }
};

const ask = async (url: string): Promise<unknown> => {
  const sql = postgres(url, { max: 1, connect_timeout: 3 });
  try {
    await sql`select 1`;
    return null;
  } catch (error) {
    return error;
  } finally {
    await sql.end({ timeout: 1 });
  }
};
