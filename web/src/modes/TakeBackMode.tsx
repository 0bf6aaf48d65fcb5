import { Button } from "@mantine/core";
import { useFormats } from "../app/services-context.js";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import type { ModeChangeFragment } from "../gql/graphql.js";
import { payingBefore, type Standing } from "./mode-changes.js";
import { payingWords } from "./mode-words.js";
import { useChangeMode } from "./use-change-mode.js";

interface TakeBackModeProps {
  organisation: { id: string };
  standing: Standing;
  planned: ModeChangeFragment;
  onDone(): void;
  onCancel(): void;
}

/** Plans for the same moment what counts until then anyway, so that nothing changes. */
export function TakeBackMode({ organisation, standing, planned, onDone, onCancel }: TakeBackModeProps) {
  const formats = useFormats();
  const change = useChangeMode(organisation.id, ({ message }) => message, onDone);
  const { effectiveFrom } = planned;
  const kept = payingBefore(standing, effectiveFrom);
  const { errors } = change;
  return (
    <>
      <p>
        Nothing changes on {formats.dateTime(effectiveFrom)} then: it goes on paying {payingWords(kept)}.
      </p>
      <ProblemText>{change.problem ?? errors.effectiveFrom ?? errors.creditLimit ?? errors.mode}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onCancel}>
          Not now
        </Button>
        <Button loading={change.busy} onClick={() => change.ask(() => ({ ...kept, effectiveFrom }))}>
          Take it back
        </Button>
      </DialogButtons>
    </>
  );
}
