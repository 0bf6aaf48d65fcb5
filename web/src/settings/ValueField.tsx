import "@mantine/core/styles/Input.css";
import "@mantine/core/styles/PasswordInput.css";
import { NativeSelect, PasswordInput, Textarea, TextInput } from "@mantine/core";
import type { SettingFieldsFragment } from "../gql/graphql.js";
import classes from "./Settings.module.css";
import { durationWords } from "./setting-words.js";
import type { Typed } from "./value-entry.js";

type Definition = SettingFieldsFragment["definition"];

interface ValueFieldProps {
  definition: Definition;
  typed: Typed;
  onTyped(typed: Typed): void;
  problem: string | null;
}

const YES_OR_NO = [
  { value: "true", label: "Yes" },
  { value: "false", label: "No" },
];
const UNITS = ["second", "minute", "hour", "day"].map((value) => ({ value, label: `${value}s` }));

/** The field in which a value of this type is typed or chosen. */
export function ValueField({ definition, typed, onTyped, problem }: ValueFieldProps) {
  const common = {
    label: "Value",
    value: typed.text,
    error: problem,
    "data-autofocus": true,
    onChange: (event: { currentTarget: { value: string } }) => onTyped({ ...typed, text: event.currentTarget.value }),
  };
  switch (definition.type) {
    case "BOOLEAN":
      return <NativeSelect {...common} data={YES_OR_NO} />;
    case "ENUM":
      return <NativeSelect {...common} data={(definition.allowedValues ?? []).map(String)} />;
    case "INTEGER":
      return (
        <TextInput
          {...common}
          label={definition.unit === null ? "Value" : `Value, in ${definition.unit}`}
          inputMode="numeric"
          description={rangeWords(definition, String)}
        />
      );
    case "MONEY":
      return <TextInput {...common} inputMode="decimal" />;
    case "LIST":
      return <Textarea {...common} rows={4} description="One a line." />;
    case "SECRET":
      return <PasswordInput {...common} label="New secret" autoComplete="off" description="It is not shown again." />;
    case "DURATION":
      return (
        <div className={classes.duration}>
          <TextInput {...common} inputMode="numeric" description={rangeWords(definition, durationWords)} />
          <NativeSelect
            aria-label="Unit"
            data={UNITS}
            value={typed.unit}
            onChange={(event) => onTyped({ ...typed, unit: event.currentTarget.value })}
          />
        </div>
      );
    default:
      return <TextInput {...common} />;
  }
}

function rangeWords({ minimum, maximum }: Definition, words: (value: number) => string): string | undefined {
  if (typeof minimum !== "number" || typeof maximum !== "number") return undefined;
  return `From ${words(minimum)} to ${words(maximum)}.`;
}
