import { NativeSelect, TextInput } from "@mantine/core";
import { useFormats } from "../app/services-context.js";
import { dayBegins } from "./moments.js";

/** When something begins: at once, or with a day. */
export interface Begin {
  when: "now" | "day";
  day: string;
}

export const AT_ONCE: Begin = { when: "now", day: "" };

/**
 * The instant that was chosen; null where a day is missing.
 * @param now when the form is sent; the same for a repetition, so that it asks for the same.
 */
export const beginOf = ({ when, day }: Begin, now: number, timeZone: string): string | null => {
  if (when === "now") return new Date(now).toISOString();
  return day === "" ? null : dayBegins(day, timeZone);
};

interface BeginFieldProps {
  label: string;
  value: Begin;
  error?: string | undefined;
  onChange(value: Begin): void;
}

export function BeginField({ label, value, error, onChange }: BeginFieldProps) {
  const { timeZone } = useFormats();
  return (
    <>
      <NativeSelect
        label={label}
        data={[
          { value: "now", label: "Now" },
          { value: "day", label: "With a day" },
        ]}
        value={value.when}
        onChange={(event) => onChange({ ...value, when: event.currentTarget.value === "day" ? "day" : "now" })}
        error={value.when === "now" && error}
      />
      {value.when === "day" && (
        <TextInput
          type="date"
          label="Day"
          description={`Begins at midnight in ${timeZone}.`}
          value={value.day}
          onChange={(event) => onChange({ ...value, day: event.currentTarget.value })}
          error={error}
        />
      )}
    </>
  );
}
