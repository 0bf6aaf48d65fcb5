import "@mantine/core/styles/Input.css";
import { useQuery } from "@apollo/client/react";
import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMay, usePerson } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { EmptyState } from "../components/EmptyState.js";
import { PageHeader } from "../components/PageHeader.js";
import { Panel } from "../components/Panel.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { OrganisationSettingsDocument } from "../gql/graphql.js";
import { SettingEntry } from "./SettingEntry.js";
import classes from "./Settings.module.css";
import { groupsOf } from "./setting-words.js";
import { useSettingsLive } from "./use-settings-live.js";

/** How everything behaves for the organisation and those below it: what is set, where, and by whom. */
export function SettingsPage() {
  const may = useMay("setting:read");
  const ownKind = usePerson()?.organisation?.kind ?? "CUSTOMER";
  const { find = "", key } = useSearch({ from: "/shell/settings/organisation" });
  const navigate = useNavigate();
  const { data, error, refetch } = useQuery(OrganisationSettingsDocument, { skip: !may });
  const reload = () => {
    refetch().catch(() => undefined); // told by the query's own error
  };
  useSettingsLive(may, reload);
  const organisation = data?.organisation;
  const settings = organisation?.settings;
  const groups = groupsOf(settings ?? [], find);
  const search = (text: string) => {
    void navigate({ to: "/settings/organisation", search: text === "" ? {} : { find: text }, replace: true });
  };
  return (
    <>
      <PageHeader
        title="Settings"
        action={
          settings && (
            <TextInput
              className={classes.find}
              aria-label="Find a setting"
              placeholder="Find a setting"
              leftSection={<IconSearch size={14} stroke={1.8} aria-hidden />}
              value={find}
              onChange={(event) => search(event.currentTarget.value)}
            />
          )
        }
      />
      {!may && (
        <EmptyState title="You may not see settings">
          Ask whoever runs your organisation for the permission to see them.
        </EmptyState>
      )}
      {may && !settings && !error && <Bones lines={6} height={56} label="the settings" />}
      {may && !settings && error && <TroubleNotice error={error} of="The settings" onRetry={reload} />}
      {settings && groups.length === 0 && (
        <EmptyState title="No setting is about that">Try other words, or fewer of them.</EmptyState>
      )}
      {organisation &&
        groups.map(({ area, settings: own }) => (
          <Panel key={area} title={area}>
            <ul className={classes.entries}>
              {own.map((setting) => (
                <SettingEntry
                  key={setting.definition.key}
                  setting={setting}
                  ownKind={ownKind}
                  kind={organisation.kind}
                  isWanted={setting.definition.key === key}
                  onChanged={reload}
                />
              ))}
            </ul>
          </Panel>
        ))}
    </>
  );
}
