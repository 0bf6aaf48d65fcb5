import { announce, type Database, type Tx } from "@tollgate/kit";
import { and, asc, eq, gt, or, type SQL } from "drizzle-orm";
import { settingValue } from "../tables.js";

type Row = typeof settingValue.$inferSelect;

const BATCH = 500;

/** Tells the other subgraphs what is written for a setting, with the topic of those who watch where it is news. */
export const tellSetting = (tx: Tx, row: Row, topic: string | null): Promise<bigint> => {
  const { organisationId, key, isSet, value, sealed, keyId, version, changedAt, changedBy } = row;
  return announce(tx, "setting.changed", {
    aggregateId: organisationId,
    organisationId,
    topic,
    sealed,
    payload: { organisationId, key, isSet, value, keyId, version: version.toString(), changedAt, changedBy },
  });
};

const beyond = ({ organisationId, key }: Row): SQL | undefined =>
  or(
    gt(settingValue.organisationId, organisationId),
    and(eq(settingValue.organisationId, organisationId), gt(settingValue.key, key)),
  );

/**
 * Tells all settings once more, so that a subgraph whose database is new, or was restored from a backup, has them as well.
 * Whoever has them already does nothing.
 */
export const retellSettings = async (database: Database): Promise<void> => {
  for (let last: Row | undefined; ; ) {
    const rows = await database.system("retell-settings", async (tx) => {
      const some = await tx.db
        .select()
        .from(settingValue)
        .where(last && beyond(last))
        .orderBy(asc(settingValue.organisationId), asc(settingValue.key))
        .limit(BATCH);
      for (const row of some) await tellSetting(tx, row, null);
      return some;
    });
    last = rows.at(-1);
    if (rows.length < BATCH) return;
  }
};
