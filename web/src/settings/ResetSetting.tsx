import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { ResetSettingDocument, type SettingFieldsFragment } from "../gql/graphql.js";

interface ResetSettingProps {
  setting: SettingFieldsFragment;
  onDone(): void;
  onCancel(): void;
}

/** Takes the organisation's own value away, after a question. */
export function ResetSetting({ setting: { definition }, onDone, onCancel }: ResetSettingProps) {
  const [reset] = useMutation(ResetSettingDocument, { fetchPolicy: "no-cache" });
  const action = useAction();
  const go = async () => {
    const answer = await reset({ variables: { input: { key: definition.key } } });
    const result = answer.data?.resetSetting;
    if (!result) return NO_ANSWER;
    if (result.__typename !== "Setting") return result.message;
    onDone();
    return null;
  };
  return (
    <>
      <p>
        {definition.isSecret ? "The secret is gone then. " : ""}
        What is set above counts again, here and below, or the default where nothing is.
      </p>
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onCancel}>
          Not now
        </Button>
        <Button color="red.9" loading={action.busy} onClick={() => action.run(go)}>
          Reset
        </Button>
      </DialogButtons>
    </>
  );
}
