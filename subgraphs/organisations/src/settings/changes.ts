import {
  type Caller,
  callerWith,
  emit,
  mapped,
  organisationInScope,
  type SettingKey,
  type StreamedEvent,
  type SubgraphKit,
  type Tx,
} from "@tollgate/kit";

/** Live topic of all changes of what settings resolve to. */
export const SETTINGS_TOPIC = "settings";

/** Streamed alone: settings of a branch resolve differently because it stands elsewhere. */
const MOVED_EVENT = "setting.moved";

/** What an event of the topic tells: below this organisation, this setting resolves anew. */
export interface ChangeOfSetting {
  organisationId: string;
  key: string;
}

/**
 * Tells those who watch settings of a branch that it has moved: of each setting that is written above its old or its new
 * place, where the two are not the same. In the transaction of the move.
 * @param paths of the branch's top, before and after.
 */
export const tellMovedSettings = async (
  tx: Tx,
  organisationId: string,
  paths: { before: string; after: string },
): Promise<void> => {
  const [before, after] = [paths.before.split("/"), paths.after.split("/")];
  const above = [...before.filter((id) => !after.includes(id)), ...after.filter((id) => !before.includes(id))];
  const rows = await tx.sql<{ key: string }[]>`
    select distinct key from setting_value where is_set and organisation_id = any(${above}::uuid[]) order by key`;
  for (const { key } of rows) {
    const payload: ChangeOfSetting = { organisationId, key };
    await emit(tx, { type: MOVED_EVENT, aggregateId: organisationId, organisationId, topic: SETTINGS_TOPIC, payload });
  }
};

/** What a stream of settings was asked to show. */
export interface WatchedSettings {
  organisationId: string;
  /** Null: all. */
  keys: ReadonlySet<SettingKey> | null;
  after: string | null;
}

/**
 * Changes of settings of one organisation, wherever above they were written. One topic serves the whole tree; where the
 * organisation stands is looked up at each event that may concern it, so that the stream follows it through moves and
 * ends when access is gone.
 * @throws NotFoundFault outside the estate; InvalidInputFault for a cursor that is none of ours.
 */
export const watchSettings = async (
  kit: SubgraphKit,
  given: Caller,
  { organisationId, keys, after }: WatchedSettings,
): Promise<AsyncIterableIterator<StreamedEvent>> => {
  // A stream outlives the deadline of the request that opened it.
  const caller = callerWith(given, { deadline: null });
  const place = () => kit.database.read(caller, (tx) => organisationInScope(tx, organisationId));
  await place();
  const isWanted = (key: string) => keys === null || [...keys].some((each) => each === key);
  return mapped(kit.streams.subscribe(SETTINGS_TOPIC, after), {
    each: async (event) => {
      const change = event.payload as ChangeOfSetting; // all events of the topic have at least this
      if (!isWanted(change.key)) return null;
      const { path } = await place();
      return path.includes(`/${change.organisationId}/`) ? event : null;
    },
  });
};
