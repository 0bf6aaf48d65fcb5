import { useEffect, useEffectEvent } from "react";
import { useServices } from "../app/services-context.js";
import { SettingChangedDocument } from "../gql/graphql.js";

/** Tells of every change of a setting of the organisation, wherever above it was made; also of those missed meanwhile. */
export function useSettingsLive(active: boolean, onChange: () => void): void {
  const { live } = useServices();
  const tell = useEffectEvent(onChange);
  useEffect(() => {
    if (!active) return;
    let cursor: string | null = null;
    return live.watch(
      SettingChangedDocument,
      () => ({ after: cursor }),
      ({ settingChanged }) => {
        cursor = settingChanged.cursor;
        tell();
      },
    );
  }, [live, active]);
}
