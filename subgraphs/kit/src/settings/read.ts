import type { Tx } from "../database/database.js";
import { revive } from "../protocol/codec.js";
import { valueFromEnvironment } from "./environment.js";
import type { SettingKeys } from "./keys.js";
import { type OpenKey, SETTING_DEFINITIONS, type SecretKey, type SettingKey, type SettingValue } from "./registry.js";
import { checkedValue, SettingValueError } from "./value.js";

/** What is written for a setting at the nearest organisation upwards that has something written. */
export interface WrittenSetting {
  key: SettingKey;
  /** Whose value it resolves for. */
  organisationId: string;
  /** Where it is written: there or above. */
  writtenAt: string;
  value: unknown;
  sealed: Uint8Array | null;
  keyId: string | null;
  changedAt: Date;
  changedBy: string | null;
}

interface Row {
  organisation_id: string;
  key: SettingKey;
  written_at: string;
  value: unknown;
  sealed: Uint8Array | null;
  key_id: string | null;
  changed_at: string;
  changed_by: string | null;
}

/**
 * What is written for these settings, organisation by organisation, in one statement. Organisations that are neither in
 * the caller's estate nor above it have nothing.
 * @param organisationIds null: the platform's.
 */
export const writtenSettings = async (
  tx: Tx,
  keys: readonly SettingKey[],
  organisationIds: readonly string[] | null,
): Promise<WrittenSetting[]> => {
  if (keys.length === 0 || organisationIds?.length === 0) return [];
  const rows = await tx.sql<Row[]>`
    select * from settings_of(${organisationIds === null ? null : [...organisationIds]}::uuid[], ${[...keys]}::text[])`;
  return rows.map((row) => ({
    key: row.key,
    organisationId: row.organisation_id,
    writtenAt: row.written_at,
    value: revive(row.value),
    sealed: row.sealed,
    keyId: row.key_id,
    changedAt: new Date(row.changed_at),
    changedBy: row.changed_by,
  }));
};

/** What is written, as code uses it; a value from before its rule was changed counts as none. */
const usable = (key: OpenKey, written: WrittenSetting | undefined): unknown => {
  const definition = SETTING_DEFINITIONS[key];
  if (!written) return definition.default;
  try {
    return checkedValue(definition, written.value);
  } catch (error) {
    if (error instanceof SettingValueError) return definition.default;
    throw error;
  }
};

/**
 * Values of several settings for one organisation: environment, then the organisation, its ancestors, the platform, the
 * default. One statement at most, and none where the environment says everything.
 * @param organisationId null: of the platform itself, for what belongs to no organisation.
 */
export const readSettings = async <Key extends OpenKey>(
  tx: Tx,
  keys: readonly Key[],
  organisationId: string | null,
): Promise<{ [Each in Key]: SettingValue<Each> }> => {
  const given = new Map<Key, unknown>(keys.map((key) => [key, valueFromEnvironment(key)]));
  const asked = keys.filter((key) => given.get(key) === undefined);
  const written = await writtenSettings(tx, asked, organisationId === null ? null : [organisationId]);
  for (const key of asked)
    given.set(
      key,
      usable(
        key,
        written.find((row) => row.key === key),
      ),
    );
  // Each value was checked against the definition that its type is made of.
  return Object.fromEntries(given) as { [Each in Key]: SettingValue<Each> };
};

/** The value of one setting; see `readSettings`. */
export const readSetting = async <Key extends OpenKey>(
  tx: Tx,
  key: Key,
  organisationId: string | null,
): Promise<SettingValue<Key>> => (await readSettings(tx, [key], organisationId))[key];

/** The value of one setting for each of many organisations, in one statement: for work that goes by sets. */
export const readSettingOfEach = async <Key extends OpenKey>(
  tx: Tx,
  key: Key,
  organisationIds: readonly string[],
): Promise<Map<string, SettingValue<Key>>> => {
  const ids = [...new Set(organisationIds)];
  const override = valueFromEnvironment(key);
  const written = override === undefined ? await writtenSettings(tx, [key], ids) : [];
  const byOrganisation = new Map(written.map((row) => [row.organisationId, row]));
  // Checked against the definition that the type is made of.
  return new Map(ids.map((id) => [id, (override ?? usable(key, byOrganisation.get(id))) as SettingValue<Key>]));
};

/** Values of several settings for each of many organisations, in one statement. */
export const readSettingsOfEach = async <Key extends OpenKey>(
  tx: Tx,
  keys: readonly Key[],
  organisationIds: readonly string[],
): Promise<Map<string, { [Each in Key]: SettingValue<Each> }>> => {
  const ids = [...new Set(organisationIds)];
  const given = new Map(keys.map((key) => [key, valueFromEnvironment(key)]));
  const asked = keys.filter((key) => given.get(key) === undefined);
  const written = Map.groupBy(await writtenSettings(tx, asked, ids), (row) => row.organisationId);
  const valuesOf = (id: string) => {
    const rows = new Map(written.get(id)?.map((row) => [row.key, row]));
    return Object.fromEntries(keys.map((key) => [key, given.get(key) ?? usable(key, rows.get(key))]));
  };
  // Each value was checked against the definition that its type is made of.
  return new Map(ids.map((id) => [id, valuesOf(id) as { [Each in Key]: SettingValue<Each> }]));
};

/**
 * A secret setting, opened; null when there is none. Never put it into anything that is written or answered.
 * @throws when it was sealed under a key that this process has not.
 */
export const readSecret = async (
  tx: Tx,
  keys: SettingKeys,
  key: SecretKey,
  organisationId: string | null,
): Promise<string | null> => {
  const override = valueFromEnvironment(key);
  if (typeof override === "string") return override;
  const [written] = await writtenSettings(tx, [key], organisationId === null ? null : [organisationId]);
  if (!written?.sealed || written.keyId === null) return null;
  return keys.open({ sealed: written.sealed, keyId: written.keyId }, written.writtenAt, key);
};
