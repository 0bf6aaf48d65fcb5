import { announceAll, type Database, type SubgraphKit, type Tx, type Worker } from "@tollgate/kit";
import { asc, gt, inArray } from "drizzle-orm";
import { organisation } from "../tables.js";

/** An organisation's name, with the version of it. */
const named = {
  organisationId: organisation.organisationId,
  name: organisation.name,
  nameVersion: organisation.nameVersion,
};

type Named = Pick<typeof organisation.$inferSelect, keyof typeof named>;

const BATCH = 500;

/** Tells who needs them the names of organisations as they are now. */
export const tellNames = (tx: Tx, rows: readonly Named[]): Promise<void> =>
  announceAll(
    tx,
    "organisation.named",
    rows.map(({ organisationId, name, nameVersion }) => ({
      aggregateId: organisationId,
      organisationId,
      payload: { organisationId, name, version: nameVersion.toString() },
    })),
  );

const tellSomeUntold = async (tx: Tx): Promise<number> => {
  const some = await tx.sql<{ organisation_id: string }[]>`
    select organisation_id from organisation where name_version = 0
     order by organisation_id limit ${BATCH} for update skip locked`;
  const ids = some.map((row) => row.organisation_id);
  const rows = await tx.db
    .update(organisation)
    .set({ nameVersion: 1n })
    .where(inArray(organisation.organisationId, ids))
    .returning(named);
  await tellNames(tx, rows);
  return rows.length;
};

/** Tells the names of organisations that are older than the telling of names; each once, however many processes start. */
export const tellUntoldNames = async (database: Database): Promise<number> => {
  for (let told = 0; ; ) {
    const some = await database.system("tell-names", tellSomeUntold);
    told += some;
    if (some < BATCH) return told;
  }
};

/** Does it when the process starts. */
export const namesTold = ({ database, logger, ...kit }: SubgraphKit): Worker => ({
  name: "names told",
  start: async () => {
    const organisations = await tellUntoldNames(database);
    if (organisations === 0) return;
    kit.wakeRelay();
    logger.info({ organisations }, "the other subgraphs are told the names of organisations");
  },
  stop: async () => undefined,
});

/**
 * Tells all names once more, so that a subgraph whose database is new, or was restored from a backup, has them as well.
 * Whoever has them already does nothing.
 */
export const retellNames = async (database: Database): Promise<void> => {
  for (let last: Named | undefined; ; ) {
    const rows = await database.system("retell-names", async (tx) => {
      const some = await tx.db
        .select(named)
        .from(organisation)
        .where(last && gt(organisation.organisationId, last.organisationId))
        .orderBy(asc(organisation.organisationId))
        .limit(BATCH);
      await tellNames(tx, some);
      return some;
    });
    last = rows.at(-1);
    if (rows.length < BATCH) return;
  }
};
