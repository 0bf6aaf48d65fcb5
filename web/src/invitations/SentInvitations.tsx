import { Button } from "@mantine/core";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import classes from "./Invitations.module.css";
import type { InviteOutcome } from "./use-invite.js";

interface SentInvitationsProps {
  outcome: InviteOutcome;
  onMore(): void;
  onClose(): void;
}

/** How many went out, and who got none and why. */
export function SentInvitations({ outcome: { sent, refused, problem }, onMore, onClose }: SentInvitationsProps) {
  return (
    <>
      {sent > 0 && (
        <p role="status">
          {sent === 1 ? "The invitation is on its way." : `${sent} invitations are on their way.`} Each link is good for
          seven days.
        </p>
      )}
      <ProblemText>{problem}</ProblemText>
      {refused.length > 0 && (
        <>
          <p>{refused.length === 1 ? "One e-mail got none:" : `${refused.length} e-mails got none:`}</p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <section aria-label="Who got no invitation" tabIndex={0} className={classes.preview}>
            {refused.map(({ email, message }) => (
              <p key={email} className={classes.line}>
                <span>{email}</span>
                <span className={classes.wrong}>{message}</span>
              </p>
            ))}
          </section>
        </>
      )}
      <DialogButtons>
        <Button variant="default" onClick={onMore}>
          Invite more
        </Button>
        <Button onClick={onClose}>Done</Button>
      </DialogButtons>
    </>
  );
}
