import "@mantine/core/styles/Input.css";
import { useMutation } from "@apollo/client/react";
import { Button, NativeSelect } from "@mantine/core";
import { useState } from "react";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { ApiKeysDocument, type KeyFieldsFragment, RotateApiKeyDocument } from "../gql/graphql.js";
import { OVERLAPS } from "./key-words.js";

interface RotateKeyProps {
  apiKey: KeyFieldsFragment;
  onRotated(secret: string): void;
  onCancel(): void;
}

/** Gives a key a new secret, and the programs that have the old one time to change over. */
export function RotateKey({ apiKey, onRotated, onCancel }: RotateKeyProps) {
  const [rotate] = useMutation(RotateApiKeyDocument, { fetchPolicy: "no-cache", refetchQueries: [ApiKeysDocument] });
  const [overlap, setOverlap] = useState("60");
  const action = useAction();
  const intent = useIntent();
  const go = async () => {
    const input = { apiKeyId: apiKey.id, overlapMinutes: Number(overlap) };
    const answer = await rotate({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.rotateApiKey;
    if (!result) return NO_ANSWER;
    intent.settle();
    if (result.__typename !== "ApiKeySecret") return result.message;
    onRotated(result.secret);
    return null;
  };
  return (
    <>
      <NativeSelect
        label="The old secret works on for"
        description="Long enough to put the new one in its place everywhere."
        data={OVERLAPS}
        value={overlap}
        onChange={(event) => setOverlap(event.currentTarget.value)}
      />
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onCancel}>
          Not now
        </Button>
        <Button loading={action.busy} onClick={() => action.run(go)}>
          Give it a new secret
        </Button>
      </DialogButtons>
    </>
  );
}
