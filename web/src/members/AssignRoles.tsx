import "@mantine/core/styles/Checkbox.css";
import "@mantine/core/styles/InlineInput.css";
import { useMutation } from "@apollo/client/react";
import { Button, Checkbox } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { usePerson } from "../app/services-context.js";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { AssignRolesDocument, type MemberFieldsFragment, type RoleFieldsFragment } from "../gql/graphql.js";
import { missingFor } from "../roles/matrix.js";
import classes from "./Members.module.css";

interface AssignRolesProps {
  member: MemberFieldsFragment;
  roles: readonly RoleFieldsFragment[];
  onDone(): void;
  onCancel(): void;
}

/** Which roles a member has. What one does not hold in full can be neither given nor taken away. */
export function AssignRoles({ member, roles, onDone, onCancel }: AssignRolesProps) {
  const own = usePerson()?.permissions ?? [];
  const [assign] = useMutation(AssignRolesDocument);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(member.roles.map(({ id }) => id)));
  const action = useAction();
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const submit = async () => {
    if (chosen.size === 0) return "A member has at least one role. To end the membership, remove the member.";
    const answer = await assign({ variables: { input: { memberId: member.id, roleIds: [...chosen] } } });
    const result = answer.data?.assignRoles;
    if (!result) return NO_ANSWER;
    if (result.__typename !== "Member") return result.message;
    onDone();
    return null;
  };
  return (
    <form
      noValidate
      className={classes.form}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        action.run(submit);
      }}
    >
      {roles.map((role) => {
        const beyond = missingFor(role, own).length;
        return (
          <Checkbox
            key={role.id}
            label={role.name}
            description={beyond > 0 ? `Allows ${beyond} things that you may not do yourself.` : role.description}
            checked={chosen.has(role.id)}
            disabled={beyond > 0}
            onChange={() => toggle(role.id)}
          />
        );
      })}
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
