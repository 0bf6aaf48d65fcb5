import { checkedValue, jsonOf, SETTING_DEFINITIONS, type SettingKey, type Subgraph } from "@tollgate/kit";
import { settingValue } from "../tables.js";
import { SETTINGS_TOPIC } from "./changes.js";
import { tellSetting } from "./retelling.js";

/** A setting of the demo, which is no secret. */
export interface SeededSetting {
  organisationId: string;
  key: SettingKey;
  /** As JSON has it. */
  value: unknown;
}

/** Writes settings where nothing was ever written, and tells the other subgraphs. */
export const seedSettings = (subgraph: Subgraph, settings: readonly SeededSetting[], at: Date): Promise<void> =>
  subgraph.database.system("seed", async (tx) => {
    for (const { organisationId, key, value } of settings) {
      const checked = jsonOf(checkedValue(SETTING_DEFINITIONS[key], value));
      const [row] = await tx.db
        .insert(settingValue)
        .values({ organisationId, key, isSet: true, value: checked, version: 1n, changedAt: at })
        .onConflictDoNothing()
        .returning();
      if (row) await tellSetting(tx, row, SETTINGS_TOPIC);
    }
  });
