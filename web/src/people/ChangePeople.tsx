import "@mantine/core/styles/Input.css";
import { useMutation } from "@apollo/client/react";
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { DeactivateUsersDocument, ReactivateUsersDocument } from "../gql/graphql.js";

interface ChangePeopleProps {
  userIds: readonly string[];
  onDone(): void;
  onCancel(): void;
}

/** Deactivates people, all or none, after a question and with a reason for the trail. */
export function DeactivatePeople({ userIds, onDone, onCancel }: ChangePeopleProps) {
  const [reason, setReason] = useState("");
  const [deactivate] = useMutation(DeactivateUsersDocument);
  const action = useAction();
  const go = async () => {
    const answer = await deactivate({ variables: { input: { userIds: [...userIds], reason } } });
    const result = answer.data?.deactivateUsers;
    if (!result) return NO_ANSWER;
    if (result.__typename === "InvalidInputProblem") return result.fields[0]?.message ?? result.message;
    if (result.__typename !== "Users") return result.message;
    onDone();
    return null;
  };
  const many = userIds.length > 1;
  return (
    <>
      <p>
        {many ? "They are" : "This person is"} signed out everywhere within a second and cannot sign in. API keys that{" "}
        {many ? "they answer" : "this person answers"} for stop as well. You can take it back at any time.
      </p>
      <TextInput
        label="Reason"
        description="Stands in the audit trail."
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        maxLength={500}
        required
      />
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onCancel}>
          Not now
        </Button>
        <Button color="red.9" loading={action.busy} disabled={reason.trim().length < 3} onClick={() => action.run(go)}>
          Deactivate
        </Button>
      </DialogButtons>
    </>
  );
}

/** Lets people in again, all or none. */
export function ReactivatePeople({ userIds, onDone, onCancel }: ChangePeopleProps) {
  const [reactivate] = useMutation(ReactivateUsersDocument);
  const action = useAction();
  const go = async () => {
    const answer = await reactivate({ variables: { input: { userIds: [...userIds] } } });
    const result = answer.data?.reactivateUsers;
    if (!result) return NO_ANSWER;
    if (result.__typename === "InvalidInputProblem") return result.fields[0]?.message ?? result.message;
    if (result.__typename !== "Users") return result.message;
    onDone();
    return null;
  };
  return (
    <>
      <p>{userIds.length > 1 ? "They" : "This person"} can sign in again with the password from before.</p>
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onCancel}>
          Not now
        </Button>
        <Button loading={action.busy} onClick={() => action.run(go)}>
          Reactivate
        </Button>
      </DialogButtons>
    </>
  );
}
