import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./Filters.module.css";

interface FiltersProps {
  /** Takes all of them away; null where there is none. */
  onShowAll: (() => void) | null;
  children: ReactNode;
}

/** What narrows a list, above it. */
export function Filters({ onShowAll, children }: FiltersProps) {
  return (
    <search className={classes.filters}>
      {children}
      {onShowAll && (
        <Button size="xs" variant="subtle" onClick={onShowAll}>
          Show all
        </Button>
      )}
    </search>
  );
}
