import "@mantine/core/styles/Input.css";
import "@mantine/core/styles/PasswordInput.css";
import { PasswordInput } from "@mantine/core";
import { IconCheck, IconCircle } from "@tabler/icons-react";
import { useId } from "react";
import classes from "./NewPasswordField.module.css";
import { PASSWORD_RULES } from "./password-words.js";

interface NewPasswordFieldProps {
  label?: string;
  value: string;
  onChange(value: string): void;
  /** Why the server refused it, or what is missing. */
  error?: string | null | undefined;
  autoFocus?: boolean;
}

/** A password that is being chosen, with what it needs; met rules are ticked while one types. */
export function NewPasswordField({
  label = "New password",
  value,
  onChange,
  error,
  autoFocus = false,
}: NewPasswordFieldProps) {
  const rules = useId();
  return (
    <div>
      <PasswordInput
        label={label}
        name="new-password"
        autoComplete="new-password"
        maxLength={128}
        autoFocus={autoFocus}
        aria-describedby={rules}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        error={error}
        visibilityToggleButtonProps={{ "aria-label": "Show what is typed", tabIndex: 0 }}
      />
      <ul id={rules} className={classes.rules} aria-label="It needs">
        {PASSWORD_RULES.map(({ reason, words, isMet }) => (
          <Rule key={reason} words={words} met={isMet(value)} />
        ))}
      </ul>
    </div>
  );
}

function Rule({ words, met }: { words: string; met: boolean }) {
  const Icon = met ? IconCheck : IconCircle;
  return (
    <li className={met ? classes.met : undefined}>
      <Icon size={14} stroke={2} aria-hidden />
      <span>
        {words}
        {met && <span className="visually-hidden"> (there)</span>}
      </span>
    </li>
  );
}
