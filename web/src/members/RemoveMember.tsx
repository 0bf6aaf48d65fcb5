import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { type MemberFieldsFragment, RemoveMemberDocument } from "../gql/graphql.js";

interface RemoveMemberProps {
  member: MemberFieldsFragment;
  onDone(): void;
  onCancel(): void;
}

/** Ends a membership, after a question. */
export function RemoveMember({ member, onDone, onCancel }: RemoveMemberProps) {
  const [remove] = useMutation(RemoveMemberDocument);
  const action = useAction();
  const go = async () => {
    const answer = await remove({ variables: { input: { memberId: member.id } } });
    const result = answer.data?.removeMember;
    if (!result) return NO_ANSWER;
    if (result.__typename !== "Member" && result.code !== "NOT_FOUND") return result.message;
    onDone(); // one who is gone already is what was wanted
    return null;
  };
  return (
    <>
      <p>
        {member.user?.displayName ?? "This person"} is signed out everywhere within a second and cannot sign in any
        more. What they did stays in the audit trail.
      </p>
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onCancel}>
          Not now
        </Button>
        <Button color="red.9" loading={action.busy} onClick={() => action.run(go)}>
          Remove
        </Button>
      </DialogButtons>
    </>
  );
}
