import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { RevokeInvitationDocument } from "../gql/graphql.js";

interface RevokeInvitationProps {
  invitationId: string;
  onRevoked(): void;
  onCancel(): void;
}

/** Takes an invitation back, after a question. */
export function RevokeInvitation({ invitationId, onRevoked, onCancel }: RevokeInvitationProps) {
  const [revoke] = useMutation(RevokeInvitationDocument);
  const action = useAction();
  const go = async () => {
    const answer = await revoke({ variables: { input: { invitationId } } });
    const result = answer.data?.revokeInvitation;
    if (!result) return NO_ANSWER;
    if (result.__typename !== "Invitation") return result.message;
    onRevoked();
    return null;
  };
  return (
    <>
      <p>The link in the mail stops working at once. You can invite the same person again.</p>
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onCancel}>
          Not now
        </Button>
        <Button color="red.9" loading={action.busy} onClick={() => action.run(go)}>
          Revoke
        </Button>
      </DialogButtons>
    </>
  );
}
