import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useState } from "react";
import { useMay, usePerson } from "../app/services-context.js";
import { Dialog } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { type PersonFieldsFragment, UnlockUserDocument } from "../gql/graphql.js";
import { DeactivatePeople, ReactivatePeople } from "./ChangePeople.js";
import { ErasePerson } from "./ErasePerson.js";
import classes from "./People.module.css";
import { ResetSecondFactor } from "./ResetSecondFactor.js";

/** What the caller may do to a person; nothing to oneself. */
export function PersonActions({ person, onChanged }: { person: PersonFieldsFragment; onChanged(): void }) {
  const [asking, setAsking] = useState<"deactivate" | "reactivate" | "reset" | "erase" | null>(null);
  const [mayManage, mayErase] = [useMay("user:manage"), useMay("user:erase")];
  const isSelf = usePerson()?.id === person.id;
  const [unlock] = useMutation(UnlockUserDocument);
  const action = useAction();
  const { status, displayName } = person;
  const close = () => setAsking(null);
  const done = () => {
    close();
    onChanged();
  };
  const open = async () => {
    const result = (await unlock({ variables: { input: { userId: person.id } } })).data?.unlockUser;
    if (!result) return NO_ANSWER;
    if (result.__typename !== "User") return result.message;
    onChanged();
    return null;
  };
  if (isSelf || status === "ERASED") return null;
  return (
    <>
      <div className={classes.actions}>
        {mayManage && status === "LOCKED" && (
          <Button size="xs" loading={action.busy} onClick={() => action.run(open)}>
            Unlock
          </Button>
        )}
        {mayManage && status === "DEACTIVATED" && (
          <Button size="xs" onClick={() => setAsking("reactivate")}>
            Reactivate
          </Button>
        )}
        {mayManage && status !== "DEACTIVATED" && (
          <Button size="xs" variant="default" onClick={() => setAsking("deactivate")}>
            Deactivate
          </Button>
        )}
        {mayManage && person.mfa?.enabled && (
          <Button size="xs" variant="default" onClick={() => setAsking("reset")}>
            Reset second factor
          </Button>
        )}
        {mayErase && (
          <Button size="xs" variant="default" onClick={() => setAsking("erase")}>
            Erase
          </Button>
        )}
      </div>
      <ProblemText>{action.problem}</ProblemText>
      <Dialog title={`Deactivate ${displayName}?`} open={asking === "deactivate"} onClose={close}>
        <DeactivatePeople userIds={[person.id]} onDone={done} onCancel={close} />
      </Dialog>
      <Dialog title={`Reactivate ${displayName}?`} open={asking === "reactivate"} onClose={close}>
        <ReactivatePeople userIds={[person.id]} onDone={done} onCancel={close} />
      </Dialog>
      <Dialog title={`Reset the second factor of ${displayName}?`} open={asking === "reset"} onClose={close}>
        <ResetSecondFactor person={person} onDone={done} onCancel={close} />
      </Dialog>
      <Dialog title={`Erase ${displayName}?`} open={asking === "erase"} onClose={close}>
        <ErasePerson person={person} onDone={done} onCancel={close} />
      </Dialog>
    </>
  );
}
