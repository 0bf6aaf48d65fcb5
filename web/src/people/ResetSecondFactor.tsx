import "@mantine/core/styles/Input.css";
import { useMutation } from "@apollo/client/react";
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { type PersonFieldsFragment, ResetSecondFactorDocument } from "../gql/graphql.js";

interface ResetSecondFactorProps {
  person: PersonFieldsFragment;
  onDone(): void;
  onCancel(): void;
}

/** Lets somebody who lost phone and recovery codes back in, with codes by e-mail. */
export function ResetSecondFactor({ person, onDone, onCancel }: ResetSecondFactorProps) {
  const [reason, setReason] = useState("");
  const [reset] = useMutation(ResetSecondFactorDocument);
  const action = useAction();
  const go = async () => {
    const answer = await reset({ variables: { input: { userId: person.id, reason } } });
    const result = answer.data?.resetSecondFactor;
    if (!result) return NO_ANSWER;
    if (result.__typename === "InvalidInputProblem") return result.fields[0]?.message ?? result.message;
    if (result.__typename !== "User") return result.message;
    onDone();
    return null;
  };
  return (
    <>
      <p>
        For somebody who lost phone and recovery codes. The authenticator app and the recovery codes end, codes come by
        e-mail to {person.email ?? person.displayName} again, and this person is signed out everywhere and told. Make
        sure first that it is really them who ask.
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
          Reset second factor
        </Button>
      </DialogButtons>
    </>
  );
}
