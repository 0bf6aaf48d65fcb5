import "@mantine/core/styles/Input.css";
import { useMutation } from "@apollo/client/react";
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { EraseUserDocument, type PersonFieldsFragment } from "../gql/graphql.js";

interface ErasePersonProps {
  person: PersonFieldsFragment;
  onDone(): void;
  onCancel(): void;
}

/** Erases a person for good, after typing who is meant. */
export function ErasePerson({ person, onDone, onCancel }: ErasePersonProps) {
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  const [erase] = useMutation(EraseUserDocument);
  const action = useAction();
  const intent = useIntent();
  const wanted = person.email ?? person.displayName;
  const isSure = typed.trim().toLowerCase() === wanted.toLowerCase() && reason.trim().length >= 3;
  const go = async () => {
    const input = { userId: person.id, reason };
    const answer = await erase({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.eraseUser;
    if (!result) return NO_ANSWER;
    if (result.__typename !== "User") return result.message;
    onDone();
    return null;
  };
  return (
    <>
      <p>
        Name, e-mail, phone, sessions and everything else that tells who this is goes from all of Tollgate. Books,
        invoices and the audit trail stay, under a pseudonym. Nobody can take it back.
      </p>
      <TextInput
        label="Reason"
        description="Stands in the audit trail; name nobody in it."
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        maxLength={500}
        required
      />
      <TextInput
        label={`Type ${wanted} to confirm`}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        autoComplete="off"
        required
      />
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onCancel}>
          Not now
        </Button>
        <Button color="red.9" loading={action.busy} disabled={!isSure} onClick={() => action.run(go)}>
          Erase for good
        </Button>
      </DialogButtons>
    </>
  );
}
