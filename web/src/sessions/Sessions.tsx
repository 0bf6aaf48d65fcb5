import { useMutation, useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useState } from "react";
import { useServices } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { Dialog, DialogButtons } from "../components/Dialog.js";
import entries from "../components/Entries.module.css";
import { ProblemText } from "../components/ProblemText.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { EndAllSessionsDocument, SessionsDocument } from "../gql/graphql.js";
import { SessionEntry } from "./SessionEntry.js";
import classes from "./Sessions.module.css";

/** Where a person is signed in, and how to end that: oneself, or with `userId` somebody whom one may manage. */
export function Sessions({ userId }: { userId?: string }) {
  const { data, error, refetch } = useQuery(SessionsDocument, {
    variables: { userId: userId ?? null },
    fetchPolicy: "cache-and-network",
  });
  const sessions = data?.sessions;
  const reload = () => {
    refetch().catch(() => undefined); // told by the query's own error
  };
  if (!sessions && error) return <TroubleNotice error={error} of="The sessions" onRetry={reload} />;
  if (!sessions) return <Bones lines={2} height={56} label="the sessions" />;
  if (sessions.length === 0) return <p className="dimmed">Not signed in anywhere.</p>;
  return (
    <>
      <ul className={entries.list}>
        {sessions.map((session) => (
          <SessionEntry key={session.id} session={session} onEnded={reload} />
        ))}
      </ul>
      {sessions.length > 1 && <EndMany userId={userId} onEnded={reload} />}
    </>
  );
}

/** All others, or all: of somebody else there is no "this one". */
function EndMany({ userId, onEnded }: { userId: string | undefined; onEnded(): void }) {
  const [asking, setAsking] = useState<"others" | "all" | null>(null);
  const { session } = useServices();
  const [end] = useMutation(EndAllSessionsDocument);
  const action = useAction();
  const isOwn = userId === undefined;
  const close = () => {
    action.forget();
    setAsking(null);
  };
  const go = async () => {
    const keepCurrent = asking === "others";
    const answer = await end({ variables: { input: { userId: userId ?? null, keepCurrent } } });
    const result = answer.data?.endAllSessions;
    if (!result) return NO_ANSWER;
    if (result.__typename !== "SessionsEnded") return result.message;
    close();
    if (isOwn && !keepCurrent) session.end("left");
    else onEnded();
    return null;
  };
  return (
    <>
      <div className={classes.all}>
        {isOwn && (
          <Button size="xs" variant="default" onClick={() => setAsking("others")}>
            Sign out everywhere else
          </Button>
        )}
        <Button size="xs" variant="default" onClick={() => setAsking("all")}>
          Sign out everywhere
        </Button>
      </div>
      <Dialog
        title={asking === "others" ? "Sign out everywhere else?" : "Sign out everywhere?"}
        open={asking !== null}
        onClose={close}
      >
        <p>{wordsOf(asking, isOwn)}</p>
        <ProblemText>{action.problem}</ProblemText>
        <DialogButtons>
          <Button variant="default" onClick={close}>
            Not now
          </Button>
          <Button color="red.9" loading={action.busy} onClick={() => action.run(go)}>
            Sign out
          </Button>
        </DialogButtons>
      </Dialog>
    </>
  );
}

function wordsOf(asking: "others" | "all" | null, isOwn: boolean): string {
  if (asking === "others") return "Every other device and browser has to sign in again. You stay signed in here.";
  return isOwn
    ? "Every device and browser has to sign in again, this one too."
    : "This person has to sign in again on every device and browser. What is open there closes within a second.";
}
