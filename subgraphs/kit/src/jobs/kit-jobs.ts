import type { Database } from "../database/database.js";
import type { Logger } from "../process/logger.js";
import type { SettingKeys } from "../settings/keys.js";
import { resealSettings } from "../settings/projection.js";
import type { CronJob } from "./jobs.js";

/** Delivered events are kept this long, for clients that resume a stream and for looking back. */
const KEEP_DAYS = 7;

/** What every subgraph tidies up. */
export const kitJobs = (database: Database, settingKeys: SettingKeys, logger: Logger): CronJob[] => [
  {
    name: "remove-delivered-events",
    schedule: "17 * * * *",
    run: () =>
      database.system("remove-delivered-events", async (tx) => {
        await tx.sql`delete from outbox where delivered_at < now() - ${KEEP_DAYS} * interval '1 day'`;
        // A repetition can only come while the sender still has the event, so the inbox forgets later.
        await tx.sql`delete from inbox where received_at < now() - ${KEEP_DAYS * 2} * interval '1 day'`;
      }),
  },
  {
    name: "reseal-settings",
    schedule: "*/10 * * * *",
    run: () => resealSettings(database, settingKeys, logger),
  },
];
