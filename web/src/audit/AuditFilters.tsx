import "@mantine/core/styles/Input.css";
import { Button, NativeSelect } from "@mantine/core";
import { Chip } from "../filters/Chips.js";
import { DayFields } from "../filters/DayFields.js";
import { TypedField } from "../filters/TypedField.js";
import classes from "./Audit.module.css";
import { type AuditSearch, isFiltered, parseAuditSearch } from "./audit-search.js";

interface AuditFiltersProps {
  search: AuditSearch;
  onChange(search: AuditSearch): void;
}

/** What to look for; it is all in the address, so that it can be sent to somebody. */
export function AuditFilters({ search, onChange }: AuditFiltersProps) {
  const set = (changed: Partial<Record<keyof AuditSearch, unknown>>) =>
    onChange(parseAuditSearch({ ...search, ...changed }));
  return (
    <search className={classes.filters}>
      <TypedField label="Action" placeholder="vm:power" value={search.action} onType={(action) => set({ action })} />
      <TypedField label="Resource" placeholder="vm" value={search.resource} onType={(resource) => set({ resource })} />
      <TypedField label="Id" placeholder="of what it was done to" value={search.id} onType={(id) => set({ id })} />
      <NativeSelect
        label="Outcome"
        value={search.outcome ?? ""}
        onChange={(event) => set({ outcome: event.currentTarget.value })}
        data={[
          { value: "", label: "Any" },
          { value: "SUCCEEDED", label: "Done" },
          { value: "REFUSED", label: "Refused" },
          { value: "FAILED", label: "Failed" },
        ]}
      />
      <DayFields labels={["From", "To"]} from={search.from} to={search.to} onChange={set} />
      <div className={classes.switches}>
        <Chip pressed={search.security === true} onPress={() => set({ security: search.security !== true })}>
          Security only
        </Chip>
        {search.actor && (
          <Chip pressed onPress={() => set({ actor: undefined })}>
            One person only
          </Chip>
        )}
        {search.organisation && (
          <Chip pressed onPress={() => set({ organisation: undefined })}>
            One organisation only
          </Chip>
        )}
        {isFiltered(search) && (
          <Button size="xs" variant="subtle" onClick={() => onChange({})}>
            Show all
          </Button>
        )}
      </div>
    </search>
  );
}
