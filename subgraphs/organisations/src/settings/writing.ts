import { isDeepStrictEqual } from "node:util";
import {
  audit,
  checkedValue,
  ForbiddenFault,
  InvalidInputFault,
  isSetByEnvironment,
  jsonOf,
  organisationInScope,
  requireActive,
  requireUser,
  SETTING_DEFINITIONS,
  type SettingKey,
  type SettingKeys,
  SettingValueError,
  type Tx,
} from "@tollgate/kit";
import type { OrganisationKind } from "@tollgate/kit/protocol";
import { and, eq } from "drizzle-orm";
import { settingValue, tenancy } from "../tables.js";
import { SETTINGS_TOPIC } from "./changes.js";
import { requireKey } from "./resolved.js";
import { tellSetting } from "./retelling.js";

type Row = typeof settingValue.$inferSelect;

/** Higher ones may write what lower ones may. */
const RANK: Readonly<Record<OrganisationKind, number>> = { CUSTOMER: 0, RESELLER: 1, INTERNAL: 2 };

const policy = (message: string) => new ForbiddenFault(message, "POLICY", "setting:write");

/**
 * Whether the caller may write this setting there: what it is decides which kind of organisation may, the environment
 * has the last word, and the platform's own settings are written at the operator's organisation.
 */
const requireWritable = async (tx: Tx, key: SettingKey, organisationId: string): Promise<void> => {
  const target = await organisationInScope(tx, organisationId);
  const { organisationId: ownId } = requireUser(tx.caller);
  // A reseller may prepare a customer that is suspended, but nobody goes on by himself.
  if (target.status === "CLOSED" || organisationId === ownId) requireActive(target);
  const [own] = await tx.db.select().from(tenancy).where(eq(tenancy.organisationId, ownId));
  const kind = own?.kind as OrganisationKind | undefined; // the projection's column is plain text
  const { writeLevel } = SETTING_DEFINITIONS[key];
  if (!kind || RANK[kind] < RANK[writeLevel]) {
    const whose = writeLevel === "INTERNAL" ? "the operator" : "the operator and resellers";
    throw policy(`This setting is written by ${whose} only.`);
  }
  if (writeLevel === "INTERNAL" && target.kind !== "INTERNAL") {
    throw policy("This setting is the platform's: it is written at the operator's own organisation.");
  }
  if (isSetByEnvironment(key)) throw policy("The environment sets this; it cannot be changed here.");
};

/** The organisation's own row of a setting, locked until the transaction ends; made where there was none. */
const lockRow = async (tx: Tx, key: SettingKey, organisationId: string): Promise<Row> => {
  const changedAt = new Date();
  const nothing = { organisationId, key, isSet: false, version: 0n, changedAt };
  await tx.db.insert(settingValue).values(nothing).onConflictDoNothing();
  const [row] = await tx.db
    .select()
    .from(settingValue)
    .where(and(eq(settingValue.organisationId, organisationId), eq(settingValue.key, key)))
    .for("update");
  if (!row) throw new Error("a setting's row is gone");
  return row;
};

type NewState = Pick<Row, "isSet" | "value" | "sealed" | "keyId">;

const NOTHING: NewState = { isSet: false, value: null, sealed: null, keyId: null };

/** For the trail: the value, of a secret only that there is one. */
const recordOf = (key: SettingKey, { isSet, value, sealed }: NewState) => ({
  key,
  isSet,
  value: sealed === null ? value : "•••",
});

const write = async (tx: Tx, before: Row, state: NewState): Promise<void> => {
  const { organisationId } = before;
  const key = requireKey(before.key);
  const version = before.version + 1n;
  const changedAt = new Date();
  const { userId, isApiKey } = requireUser(tx.caller);
  // An API key is nobody; which one it was stands in the trail.
  const row = { ...before, ...state, version, changedAt, changedBy: isApiKey ? null : userId };
  await tx.db
    .update(settingValue)
    .set(row)
    .where(and(eq(settingValue.organisationId, organisationId), eq(settingValue.key, key)));
  await tellSetting(tx, row, SETTINGS_TOPIC);
  await audit(tx, "organisations", {
    action: "setting:write",
    resource: "setting",
    resourceId: key,
    organisationId,
    before: recordOf(key, before),
    after: recordOf(key, state),
  });
};

/** @throws InvalidInputFault for a value that the definition does not allow; it says nothing of the value itself. */
const checked = (key: SettingKey, value: unknown): unknown => {
  try {
    return jsonOf(checkedValue(SETTING_DEFINITIONS[key], value));
  } catch (error) {
    if (!(error instanceof SettingValueError)) throw error;
    throw InvalidInputFault.of("value", error.reason, `The value ${error.message}.`);
  }
};

/**
 * Writes a setting at an organisation; those below inherit it. What is there already changes nothing.
 * @throws NotFoundFault, ForbiddenFault, InvalidInputFault.
 */
export const setSetting = async (
  tx: Tx,
  keys: SettingKeys,
  wanted: { organisationId: string; key: string; value: unknown },
): Promise<SettingKey> => {
  const { organisationId } = wanted;
  const key = requireKey(wanted.key);
  await requireWritable(tx, key, organisationId);
  const value = checked(key, wanted.value);
  const row = await lockRow(tx, key, organisationId);
  if (SETTING_DEFINITIONS[key].type === "SECRET") {
    const sealed = keys.seal(String(value), organisationId, key);
    await write(tx, row, { isSet: true, value: null, ...sealed });
  } else if (!row.isSet || !isDeepStrictEqual(row.value, value)) {
    await write(tx, row, { ...NOTHING, isSet: true, value });
  }
  return key;
};

/**
 * Takes an organisation's own value away, so that the inherited one counts again. Without one nothing changes.
 * @throws NotFoundFault, ForbiddenFault, InvalidInputFault.
 */
export const resetSetting = async (
  tx: Tx,
  { organisationId, key: name }: { organisationId: string; key: string },
): Promise<SettingKey> => {
  const key = requireKey(name);
  await requireWritable(tx, key, organisationId);
  const row = await lockRow(tx, key, organisationId);
  if (row.isSet) await write(tx, row, NOTHING);
  return key;
};
