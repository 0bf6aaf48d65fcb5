import { useFormats } from "../app/services-context.js";
import classes from "./Meter.module.css";

/** A share of 0–100 as a number with a thin bar; absent is "–" without a bar. */
export function Meter({ share }: { share: number | null | undefined }) {
  const formats = useFormats();
  const present = typeof share === "number" && Number.isFinite(share);
  const width = present ? Math.min(100, Math.max(0, share)) : 0;
  return (
    <span className={classes.meter}>
      <span className="numeric">{formats.percent(share)}</span>
      <span className={classes.track} aria-hidden>
        {present && <span className={classes.bar} style={{ width: `${width}%` }} />}
      </span>
    </span>
  );
}
