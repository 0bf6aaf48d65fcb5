import type { Expiry } from "./expiry.js";
import classes from "./Messages.module.css";

const RADIUS = 14;
const LENGTH = 2 * Math.PI * RADIUS;
/** A screen reader is told now and then, not every second. */
const SPOKEN_STEP = 15;

/** A ring that empties as something expires, with the seconds inside. */
export function CountdownRing({ expiry }: { expiry: Expiry }) {
  const spoken = Math.ceil(expiry.seconds / SPOKEN_STEP) * SPOKEN_STEP;
  return (
    <span className={classes.ring}>
      <svg viewBox="0 0 32 32" width="40" height="40" aria-hidden="true">
        <circle cx="16" cy="16" r={RADIUS} className={classes.ringTrack} />
        <circle
          cx="16"
          cy="16"
          r={RADIUS}
          className={classes.ringLeft}
          strokeDasharray={LENGTH}
          strokeDashoffset={LENGTH * (1 - expiry.share)}
          transform="rotate(-90 16 16)"
        />
        <text x="16" y="20" textAnchor="middle" className={classes.ringText}>
          {expiry.seconds}
        </text>
      </svg>
      <span role="status" className="visually-hidden">
        {expiry.expired ? "Expired" : `Less than ${spoken} seconds left`}
      </span>
    </span>
  );
}
