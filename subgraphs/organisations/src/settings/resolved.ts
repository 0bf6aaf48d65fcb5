import {
  InvalidInputFault,
  isSetByEnvironment,
  isSettingKey,
  jsonOf,
  NotFoundFault,
  SETTING_DEFINITIONS,
  SETTING_KEYS,
  type SettingKey,
  type Tx,
  valueFromEnvironment,
  type WrittenSetting,
  writtenSettings,
} from "@tollgate/kit";

export type SettingSource = "ENVIRONMENT" | "ORGANISATION" | "ANCESTOR" | "PLATFORM" | "DEFAULT";

/** A setting as it resolves for one organisation, as far as the caller may know it. */
export interface ResolvedSetting {
  organisationId: string;
  key: SettingKey;
  /** As JSON has it; null of a secret. */
  value: unknown;
  /** Whether anything but the default counts. */
  isSet: boolean;
  source: SettingSource;
  /** Where above it is written; null where the caller's estate does not reach. */
  inheritedFrom: string | null;
  changedAt: Date | null;
  /** Null also where it was somebody beyond the caller's estate. */
  changedBy: string | null;
}

const ID_LENGTH = 36;

/** Whether the organisation, which is on this path, is in the transaction's estate. */
const isVisible = ({ scope }: Tx, path: string, organisationId: string): boolean => {
  const itsPath = path.slice(0, path.indexOf(organisationId) + ID_LENGTH + 1);
  return scope.everything || itsPath.startsWith(scope.path);
};

const sourceOf = (written: WrittenSetting, path: string): SettingSource => {
  if (written.writtenAt === written.organisationId) return "ORGANISATION";
  return path.startsWith(`/${written.writtenAt}/`) ? "PLATFORM" : "ANCESTOR";
};

const resolve = (
  tx: Tx,
  key: SettingKey,
  organisationId: string,
  path: string,
  written: WrittenSetting | undefined,
): ResolvedSetting => {
  const definition = SETTING_DEFINITIONS[key];
  const shown = (value: unknown) => (definition.type === "SECRET" ? null : jsonOf(value));
  const unwritten = { organisationId, key, inheritedFrom: null, changedAt: null, changedBy: null };
  if (isSetByEnvironment(key)) {
    return { ...unwritten, value: shown(valueFromEnvironment(key)), isSet: true, source: "ENVIRONMENT" };
  }
  if (!written) return { ...unwritten, value: shown(definition.default), isSet: false, source: "DEFAULT" };
  const seen = isVisible(tx, path, written.writtenAt);
  return {
    organisationId,
    key,
    value: shown(written.value),
    isSet: true,
    source: sourceOf(written, path),
    inheritedFrom: seen && written.writtenAt !== organisationId ? written.writtenAt : null,
    changedAt: written.changedAt,
    changedBy: seen ? written.changedBy : null,
  };
};

/** All settings as they resolve for each of these organisations of the estate, in the registry's order: two statements. */
export const settingsByOrganisation = async (
  tx: Tx,
  organisationIds: readonly string[],
): Promise<Map<string, ResolvedSetting[]>> => {
  const paths = await tx.sql<{ id: string; path: string }[]>`
    select organisation_id as id, path from tenancy where organisation_id = any(${[...organisationIds]}::uuid[])`;
  const written = new Map(
    (await writtenSettings(tx, SETTING_KEYS, organisationIds)).map((row) => [`${row.organisationId} ${row.key}`, row]),
  );
  return new Map(
    paths.map(({ id, path }) => [
      id,
      SETTING_KEYS.map((key) => resolve(tx, key, id, path, written.get(`${id} ${key}`))),
    ]),
  );
};

/** One setting as it resolves. @throws NotFoundFault for an organisation that is not known. */
export const settingOf = async (tx: Tx, organisationId: string, key: SettingKey): Promise<ResolvedSetting> => {
  const settings = (await settingsByOrganisation(tx, [organisationId])).get(organisationId);
  const setting = settings?.find((each) => each.key === key);
  if (!setting) throw new NotFoundFault("organisation", organisationId);
  return setting;
};

/** @throws InvalidInputFault for a key that the registry has not. */
export const requireKey = (key: string, path = "key"): SettingKey => {
  if (isSettingKey(key)) return key;
  throw InvalidInputFault.of(path, "UNKNOWN_SETTING", "There is no such setting.");
};

/** The keys that a list names, or null for all. @throws InvalidInputFault for one that the registry has not. */
export const requireKeys = (keys: readonly string[] | null | undefined): ReadonlySet<SettingKey> | null => {
  if (!keys) return null;
  if (keys.length > SETTING_KEYS.length) {
    throw InvalidInputFault.of("keys", "TOO_MANY", `There are ${SETTING_KEYS.length} settings.`);
  }
  return new Set(keys.map((key) => requireKey(key, "keys")));
};
