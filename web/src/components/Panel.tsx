import { type ReactNode, useId } from "react";
import classes from "./Panel.module.css";

interface PanelProps {
  title: string;
  /** What belongs beside the heading: a link, a switch. */
  aside?: ReactNode;
  children: ReactNode;
}

/** A part of a page below a hairline, with its heading. */
export function Panel({ title, aside, children }: PanelProps) {
  const heading = useId();
  return (
    <section className={classes.panel} aria-labelledby={heading}>
      <div className={classes.head}>
        <h2 id={heading} className={classes.title}>
          {title}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
