import "@mantine/core/styles/Input.css";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useRef } from "react";
import chip from "../components/Chip.module.css";
import classes from "./Audit.module.css";
import { type AuditSearch, isFiltered, parseAuditSearch } from "./audit-search.js";

const TYPING_MS = 400;

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
      <TextFilter label="Action" placeholder="vm:power" value={search.action} onType={(action) => set({ action })} />
      <TextFilter label="Resource" placeholder="vm" value={search.resource} onType={(resource) => set({ resource })} />
      <TextFilter label="Id" placeholder="of what it was done to" value={search.id} onType={(id) => set({ id })} />
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
      <TextInput
        type="date"
        label="From"
        value={search.from ?? ""}
        max={search.to}
        onChange={(event) => set({ from: event.currentTarget.value })}
      />
      <TextInput
        type="date"
        label="To"
        value={search.to ?? ""}
        min={search.from}
        onChange={(event) => set({ to: event.currentTarget.value })}
      />
      <div className={classes.switches}>
        <button
          type="button"
          className={chip.chip}
          aria-pressed={search.security === true}
          onClick={() => set({ security: search.security !== true })}
        >
          Security only
        </button>
        {search.actor && (
          <button type="button" className={chip.chip} aria-pressed onClick={() => set({ actor: undefined })}>
            One person only
          </button>
        )}
        {search.organisation && (
          <button type="button" className={chip.chip} aria-pressed onClick={() => set({ organisation: undefined })}>
            One organisation only
          </button>
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

interface TextFilterProps {
  label: string;
  placeholder: string;
  value: string | undefined;
  onType(text: string): void;
}

function TextFilter({ label, placeholder, value, onType }: TextFilterProps) {
  const input = useRef<HTMLInputElement>(null);
  const type = useDebouncedCallback(onType, TYPING_MS);
  // The address may change by itself (back, forward, "show all"): the field follows, unless somebody types in it.
  useEffect(() => {
    if (input.current && document.activeElement !== input.current) input.current.value = value ?? "";
  }, [value]);
  return (
    <TextInput
      ref={input}
      label={label}
      placeholder={placeholder}
      defaultValue={value}
      onChange={(event) => type(event.currentTarget.value)}
    />
  );
}
