import type { Database, Tx } from "../database/database.js";
import type { EventHandler } from "../events/inbox.js";
import type { Logger } from "../process/logger.js";
import { encode } from "../protocol/codec.js";
import type { SettingChanged } from "../protocol/events.js";
import type { SettingKeys } from "./keys.js";

export const SETTING_EVENT = "setting.changed";

/** Writes a state of a setting into the local copy where it is newer, so that order and repetition are harmless. */
export const followSetting: EventHandler = async (tx, event) => {
  const { organisationId, key, isSet, value, keyId, version, changedAt, changedBy } = event.payload as SettingChanged;
  const json = value === null ? null : encode(value);
  await tx.sql`
    insert into setting_value as s (organisation_id, key, is_set, value, sealed, key_id, version, changed_at, changed_by)
    values (${organisationId}, ${key}, ${isSet}, ${json}::jsonb, ${event.sealed}, ${keyId}, ${version}::bigint,
      ${changedAt.toISOString()}, ${changedBy})
    on conflict (organisation_id, key) do update set is_set = excluded.is_set, value = excluded.value,
      sealed = excluded.sealed, key_id = excluded.key_id, version = excluded.version, changed_at = excluded.changed_at,
      changed_by = excluded.changed_by where s.version < excluded.version`;
};

const BATCH = 200;

interface SealedRow {
  organisation_id: string;
  key: string;
  sealed: Uint8Array;
  key_id: string;
}

const resealSome = async (tx: Tx, keys: SettingKeys): Promise<number> => {
  const rows = await tx.sql<SealedRow[]>`
    select organisation_id, key, sealed, key_id from setting_value
     where sealed is not null and key_id <> ${keys.currentId} limit ${BATCH} for update skip locked`;
  for (const { organisation_id, key, sealed, key_id } of rows) {
    const secret = keys.open({ sealed, keyId: key_id }, organisation_id, key);
    const anew = keys.seal(secret, organisation_id, key);
    await tx.sql`update setting_value set sealed = ${anew.sealed}, key_id = ${anew.keyId}
      where organisation_id = ${organisation_id} and key = ${key}`;
  }
  return rows.length;
};

/**
 * Seals under the current key what lies under the previous one; afterwards nobody needs that any more.
 * @throws when something is sealed under neither.
 */
export const resealSettings = async (database: Database, keys: SettingKeys, logger: Logger): Promise<void> => {
  for (let count = 0; ; ) {
    const some = await database.system("reseal-settings", (tx) => resealSome(tx, keys));
    count += some;
    if (some === BATCH) continue;
    if (count > 0) logger.info({ count }, "secret settings sealed under the current key");
    return;
  }
};
