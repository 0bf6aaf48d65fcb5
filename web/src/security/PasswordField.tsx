import "@mantine/core/styles/Input.css";
import "@mantine/core/styles/PasswordInput.css";
import { PasswordInput } from "@mantine/core";

interface PasswordFieldProps {
  value: string;
  onChange(value: string): void;
  error?: string | undefined;
}

/** The password once more, before what a borrowed session must not change. */
export function PasswordField({ value, onChange, error }: PasswordFieldProps) {
  return (
    <PasswordInput
      label="Your password"
      description="We ask again, so that nobody changes this at a screen you left open."
      name="password"
      autoComplete="current-password"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={error}
      visibilityToggleButtonProps={{ "aria-label": "Show what is typed", tabIndex: 0 }}
    />
  );
}
