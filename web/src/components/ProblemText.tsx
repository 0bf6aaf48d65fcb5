import classes from "./ProblemText.module.css";

/** Why something did not go through; read out as soon as it appears. */
export function ProblemText({ children }: { children: string | null | undefined }) {
  if (!children) return null;
  return (
    <p role="alert" className={classes.problem}>
      {children}
    </p>
  );
}
