import type { ReactNode } from "react";
import classes from "./Chips.module.css";

interface ChipsProps {
  /** What they are about, for who does not see them. */
  legend: string;
  children: ReactNode;
}

/** Switches that belong together. */
export function Chips({ legend, children }: ChipsProps) {
  return (
    <fieldset className={classes.chips}>
      <legend className="visually-hidden">{legend}</legend>
      {children}
    </fieldset>
  );
}

interface ChipProps {
  pressed: boolean;
  onPress(): void;
  children: ReactNode;
}

/** A switch that narrows what a list shows. */
export function Chip({ pressed, onPress, children }: ChipProps) {
  return (
    <button type="button" className={classes.chip} aria-pressed={pressed} onClick={onPress}>
      {children}
    </button>
  );
}
