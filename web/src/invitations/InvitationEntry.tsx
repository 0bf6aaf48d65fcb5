import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { IconCircleCheck, IconCircleOff, IconClockOff, IconMail } from "@tabler/icons-react";
import { useState } from "react";
import { useFormats, useMay } from "../app/services-context.js";
import { Dialog } from "../components/Dialog.js";
import entries from "../components/Entries.module.css";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useNow } from "../components/use-now.js";
import { type InvitationFieldsFragment, type InvitationState, ResendInvitationDocument } from "../gql/graphql.js";
import classes from "./Invitations.module.css";
import { STATE_WORDS } from "./invitation-words.js";
import { RevokeInvitation } from "./RevokeInvitation.js";

const MINUTE_MS = 60_000;

const STATES: Record<InvitationState, { icon: typeof IconMail; tone: string | undefined }> = {
  PENDING: { icon: IconMail, tone: classes.warn },
  ACCEPTED: { icon: IconCircleCheck, tone: classes.good },
  EXPIRED: { icon: IconClockOff, tone: classes.quiet },
  REVOKED: { icon: IconCircleOff, tone: classes.quiet },
};

interface InvitationEntryProps {
  invitation: InvitationFieldsFragment;
  /** It may belong elsewhere in the list now. */
  onChanged(): void;
}

/** One invitation, with what can still be done about it. */
export function InvitationEntry({ invitation, onChanged }: InvitationEntryProps) {
  const { id, email, state, roles } = invitation;
  const [asking, setAsking] = useState(false);
  const [isSent, setSent] = useState(false);
  const [resend] = useMutation(ResendInvitationDocument);
  const mayInvite = useMay("member:invite");
  const action = useAction();
  const { icon: Icon, tone } = STATES[state];
  const canChange = mayInvite && (state === "PENDING" || state === "EXPIRED");

  const sendAgain = async () => {
    setSent(false);
    const answer = await resend({ variables: { input: { invitationId: id } } });
    const result = answer.data?.resendInvitation;
    if (!result) return NO_ANSWER;
    if (result.__typename !== "Invitation") return result.message;
    setSent(true);
    onChanged();
    return null;
  };

  return (
    <li className={entries.entry}>
      <div className={entries.about}>
        <h2 className={entries.name}>{email}</h2>
        <p className={classes.head}>
          <span className={`${classes.state} ${tone}`}>
            <Icon size={14} stroke={2} aria-hidden />
            {STATE_WORDS[state]}
          </span>
          <span>{roles.map(({ name }) => name).join(", ")}</span>
          <When invitation={invitation} />
        </p>
      </div>
      {canChange && (
        <div className={entries.buttons}>
          <Button
            size="xs"
            variant="default"
            loading={action.busy}
            onClick={() => action.run(sendAgain)}
            aria-label={`Send again to ${email}`}
          >
            Send again
          </Button>
          <Button
            size="xs"
            variant="default"
            onClick={() => setAsking(true)}
            aria-label={`Revoke the invitation of ${email}`}
          >
            Revoke
          </Button>
        </div>
      )}
      {isSent && (
        <p role="status" className={classes.problem}>
          A new link is on its way to {email}; the old one no longer works.
        </p>
      )}
      {action.problem && (
        <div className={classes.problem}>
          <ProblemText>{action.problem}</ProblemText>
        </div>
      )}
      <Dialog title={`Revoke the invitation of ${email}?`} open={asking} onClose={() => setAsking(false)}>
        <RevokeInvitation
          invitationId={id}
          onCancel={() => setAsking(false)}
          onRevoked={() => {
            setAsking(false);
            onChanged();
          }}
        />
      </Dialog>
    </li>
  );
}

function When({ invitation }: { invitation: InvitationFieldsFragment }) {
  const formats = useFormats();
  const now = useNow(MINUTE_MS);
  const { state, createdAt, expiresAt, acceptedAt, invitedBy } = invitation;
  const by = invitedBy ? ` by ${invitedBy.displayName}` : "";
  return (
    <>
      <span className="dimmed">
        Invited {formats.ago(createdAt, now)}
        {by}
      </span>
      {state === "PENDING" && <span className="dimmed">Good until {formats.dateTime(expiresAt)}</span>}
      {state === "EXPIRED" && <span className="dimmed">Ended {formats.dateTime(expiresAt)}</span>}
      {state === "ACCEPTED" && <span className="dimmed">Accepted {formats.ago(acceptedAt, now)}</span>}
    </>
  );
}
