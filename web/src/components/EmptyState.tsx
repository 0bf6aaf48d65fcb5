import type { ReactNode } from "react";
import classes from "./EmptyState.module.css";

/** Says what would be here, and offers the next step. */
export function EmptyState({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className={classes.empty}>
      <p className={classes.title}>{title}</p>
      <div className="dimmed">{children}</div>
    </div>
  );
}
