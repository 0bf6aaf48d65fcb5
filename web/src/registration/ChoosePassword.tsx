import "@mantine/core/styles/Input.css";
import "@mantine/core/styles/PasswordInput.css";
import { PasswordInput } from "@mantine/core";

interface ChoosePasswordProps {
  value: string;
  onChange(value: string): void;
  error?: string | undefined;
}

/** A new password, with what makes a good one; the server says what is wrong with this one. */
export function ChoosePassword({ value, onChange, error }: ChoosePasswordProps) {
  return (
    <PasswordInput
      label="Password"
      name="password"
      autoComplete="new-password"
      description="At least 8 characters with a capital and a small letter, a digit and another sign."
      inputWrapperOrder={["label", "input", "error", "description"]}
      value={value}
      maxLength={128}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={error}
      visibilityToggleButtonProps={{ "aria-label": "Show what is typed", tabIndex: 0 }}
    />
  );
}
