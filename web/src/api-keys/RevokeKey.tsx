import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { type KeyFieldsFragment, RevokeApiKeyDocument } from "../gql/graphql.js";

/** Ends a key for good, after a question. */
export function RevokeKey({ apiKey, onDone }: { apiKey: KeyFieldsFragment; onDone(): void }) {
  const [revoke] = useMutation(RevokeApiKeyDocument);
  const action = useAction();
  const go = async () => {
    const answer = await revoke({ variables: { input: { apiKeyId: apiKey.id } } });
    const result = answer.data?.revokeApiKey;
    if (!result) return NO_ANSWER;
    if (result.__typename !== "ApiKey") return result.message;
    onDone();
    return null;
  };
  return (
    <>
      <p>
        Whatever uses <span className="mono">{apiKey.prefix}…</span> is turned away within a second. A revoked key does
        not come back; create a new one in its place.
      </p>
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onDone}>
          Not now
        </Button>
        <Button color="red.9" loading={action.busy} onClick={() => action.run(go)}>
          Revoke
        </Button>
      </DialogButtons>
    </>
  );
}
