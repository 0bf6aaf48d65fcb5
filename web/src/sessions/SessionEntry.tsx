import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useFormats } from "../app/services-context.js";
import entries from "../components/Entries.module.css";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useNow } from "../components/use-now.js";
import { EndSessionDocument, type SessionFieldsFragment } from "../gql/graphql.js";
import classes from "./Sessions.module.css";

const MINUTE_MS = 60_000;

/** One sign-in on one device. Ending one's own current session is signing out, and has its button elsewhere. */
export function SessionEntry({ session, onEnded }: { session: SessionFieldsFragment; onEnded(): void }) {
  const formats = useFormats();
  const now = useNow(MINUTE_MS);
  const [end] = useMutation(EndSessionDocument);
  const action = useAction();
  const go = async () => {
    const answer = await end({ variables: { input: { sessionId: session.id } } });
    const result = answer.data?.endSession;
    if (!result) return NO_ANSWER;
    if (result.__typename !== "SessionsEnded" && result.code !== "NOT_FOUND") return result.message;
    onEnded(); // one that was over already is what was wanted
    return null;
  };
  return (
    <li className={entries.entry}>
      <div className={entries.about}>
        <h3 className={`${entries.name} ${classes.device}`} title={session.userAgent}>
          {session.device}
          {session.isCurrent && (
            <span className={classes.here}>
              <IconCircleCheck size={14} stroke={2} aria-hidden />
              This one
            </span>
          )}
        </h3>
        <p className={classes.facts}>
          {session.address} · last seen {formats.ago(session.lastSeenAt, now)} · since{" "}
          {formats.dateTime(session.startedAt)}
        </p>
        <ProblemText>{action.problem}</ProblemText>
      </div>
      {!session.isCurrent && (
        <Button
          size="xs"
          variant="default"
          loading={action.busy}
          aria-label={`Sign out ${session.device}`}
          onClick={() => action.run(go)}
        >
          Sign out
        </Button>
      )}
    </li>
  );
}
