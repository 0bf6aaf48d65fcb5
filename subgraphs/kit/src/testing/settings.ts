import { newEventId } from "../events/outbox.js";
import type { SettingChanged } from "../protocol/events.js";
import { SETTING_EVENT } from "../settings/projection.js";
import type { SettingKey } from "../settings/registry.js";
import type { Subgraph } from "../subgraph/subgraph.js";

let version = 0;

/**
 * Tells a subgraph of a setting as organisations would.
 * @param value as JSON has it; undefined: it was taken away.
 */
export const tellSetting = async (
  subgraph: Subgraph,
  organisationId: string,
  key: SettingKey,
  value: unknown,
  rest: Partial<SettingChanged> & { sealed?: Uint8Array } = {},
): Promise<void> => {
  const { sealed = null, ...state } = rest;
  version += 1;
  const payload: SettingChanged = {
    organisationId,
    key,
    isSet: value !== undefined,
    value: value ?? null,
    keyId: null,
    version: `${version}`,
    changedAt: new Date(),
    changedBy: null,
    ...state,
  };
  await subgraph.inbox.receive({
    id: newEventId(),
    type: SETTING_EVENT,
    aggregateId: organisationId,
    aggregateVersion: BigInt(version),
    organisationId,
    occurredAt: new Date(),
    sealed,
    payload,
  });
};
