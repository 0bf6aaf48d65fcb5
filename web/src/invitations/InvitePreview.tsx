import classes from "./Invitations.module.css";
import type { InviteLine } from "./invite-list.js";

/** What will be sent, line by line, with what is wrong. */
export function InvitePreview({ lines }: { lines: readonly InviteLine[] }) {
  const wrong = lines.filter(({ problem }) => problem !== null).length;
  return (
    <div>
      <p role="status" className="small dimmed">
        {summary(lines.length, wrong)}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section aria-label="Who will be invited" tabIndex={0} className={classes.preview}>
        {lines.map(({ place, line, email, role, problem }) => (
          <p key={place} className={classes.line}>
            <span>{email || `Line ${line}`}</span>
            <span className="dimmed">{role}</span>
            {problem && (
              <span className={classes.wrong}>
                Line {line}: {problem}
              </span>
            )}
          </p>
        ))}
      </section>
    </div>
  );
}

function summary(all: number, wrong: number): string {
  const people = all === 1 ? "1 line" : `${all} lines`;
  if (wrong === 0) return `${people}, all good.`;
  return `${people}, ${wrong} of them will not be sent.`;
}
