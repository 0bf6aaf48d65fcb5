import "@mantine/core/styles/Input.css";
import { TextInput } from "@mantine/core";

interface DayFieldsProps {
  /** What the first and the last day are called. */
  labels: readonly [from: string, to: string];
  from: string | undefined;
  to: string | undefined;
  size?: "xs" | "sm";
  onChange(changed: { from: string } | { to: string }): void;
}

/** The days between which something is looked for, both included. */
export function DayFields({ labels, from, to, size = "sm", onChange }: DayFieldsProps) {
  return (
    <>
      <TextInput
        type="date"
        size={size}
        label={labels[0]}
        value={from ?? ""}
        max={to}
        onChange={(event) => onChange({ from: event.currentTarget.value })}
      />
      <TextInput
        type="date"
        size={size}
        label={labels[1]}
        value={to ?? ""}
        min={from}
        onChange={(event) => onChange({ to: event.currentTarget.value })}
      />
    </>
  );
}
