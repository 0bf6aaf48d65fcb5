import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useFormats } from "../app/services-context.js";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { SetSettingDocument, type SettingFieldsFragment } from "../gql/graphql.js";
import classes from "./Settings.module.css";
import { ValueField } from "./ValueField.js";
import { readValue, typedOf } from "./value-entry.js";

interface ValueEditorProps {
  setting: SettingFieldsFragment;
  onDone(): void;
  onCancel(): void;
}

/** Writes a setting at the organisation. */
export function ValueEditor({ setting: { definition, value }, onDone, onCancel }: ValueEditorProps) {
  const { locale } = useFormats();
  // A secret that was typed is kept nowhere but here.
  const [set] = useMutation(SetSettingDocument, { fetchPolicy: "no-cache" });
  const [typed, setTyped] = useState(() => typedOf(definition, value, locale));
  const [problem, setProblem] = useState<string | null>(null);
  const action = useAction();

  const save = async (wanted: unknown): Promise<string | null> => {
    const answer = await set({ variables: { input: { key: definition.key, value: wanted } } });
    const result = answer.data?.setSetting;
    if (!result) return NO_ANSWER;
    if (result.__typename === "InvalidInputProblem") {
      setProblem(result.message);
      return null;
    }
    if (result.__typename !== "Setting") return result.message;
    onDone();
    return null;
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const entry = readValue(definition, typed, locale);
    setProblem(entry.problem);
    if (entry.problem === null) action.run(() => save(entry.value));
  };

  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <p>{definition.description}</p>
      <ValueField definition={definition} typed={typed} onTyped={setTyped} problem={problem} />
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onCancel}>
          Not now
        </Button>
        <Button type="submit" loading={action.busy}>
          Save
        </Button>
      </DialogButtons>
    </form>
  );
}
