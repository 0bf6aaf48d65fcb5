import { HealthLabel } from "../components/HealthLabel.js";
import { Panel } from "../components/Panel.js";
import type { Machine } from "./Facts.js";
import classes from "./Machine.module.css";

/** The health score with every reason that took points off. */
export function HealthPanel({ health }: { health: Machine["health"] }) {
  return (
    <Panel title="Health">
      {health ? (
        <>
          <p className={classes.score}>
            <span>{health.score}</span>
            <HealthLabel score={health.score} wordOnly />
          </p>
          {health.reasons.length > 0 ? (
            <ul className={classes.reasons}>
              {health.reasons.map(({ kind, message, points }) => (
                <li key={kind}>
                  <span>{message}</span>
                  <span className="numeric">−{points}</span>
                </li>
              ))}
            </ul>
          ) : (
            <p className="dimmed">Nothing takes points off.</p>
          )}
        </>
      ) : (
        <p className="dimmed">Not enough was measured yet to tell.</p>
      )}
    </Panel>
  );
}
