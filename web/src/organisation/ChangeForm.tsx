import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import classes from "./Organisation.module.css";
import type { Change } from "./use-change.js";

interface ChangeFormProps {
  change: Change;
  /** What the button that does it says. */
  word: string;
  isDangerous?: boolean;
  isReady?: boolean;
  onSubmit(): void;
  onCancel(): void;
  children?: ReactNode;
}

/** The frame of each dialog that changes the tree: its fields, what went wrong, and the way out. */
export function ChangeForm({
  change,
  word,
  isDangerous,
  isReady = true,
  onSubmit,
  onCancel,
  children,
}: ChangeFormProps) {
  return (
    <form
      noValidate
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) onSubmit();
      }}
    >
      {children}
      <ProblemText>{change.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onCancel}>
          Not now
        </Button>
        <Button type="submit" loading={change.busy} disabled={!isReady} {...(isDangerous && { color: "red.9" })}>
          {word}
        </Button>
      </DialogButtons>
    </form>
  );
}
