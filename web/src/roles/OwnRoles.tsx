import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useState } from "react";
import { useMay } from "../app/services-context.js";
import { Dialog, DialogButtons } from "../components/Dialog.js";
import entries from "../components/Entries.module.css";
import { Panel } from "../components/Panel.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { DeleteRoleDocument, type RoleFieldsFragment } from "../gql/graphql.js";
import { RoleForm } from "./RoleForm.js";

/** The organisation's own roles, with what can be done to them. */
export function OwnRoles({ roles, onChanged }: { roles: readonly RoleFieldsFragment[]; onChanged(): void }) {
  return (
    <Panel title="Your own roles">
      {roles.length === 0 ? (
        <p className="dimmed">None yet. Make one where a built-in role allows too much or too little.</p>
      ) : (
        <ul className={entries.list}>
          {roles.map((role) => (
            <OwnRole key={role.id} role={role} onChanged={onChanged} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function OwnRole({ role, onChanged }: { role: RoleFieldsFragment; onChanged(): void }) {
  const [asking, setAsking] = useState<"change" | "delete" | null>(null);
  const mayManage = useMay("role:manage");
  const close = () => setAsking(null);
  const done = () => {
    close();
    onChanged();
  };
  return (
    <li className={entries.entry}>
      <div className={entries.about}>
        <h3 className={entries.name}>{role.name}</h3>
        <p className="dimmed">
          {membersWords(role.memberCount ?? 0)} · {permissionsWords(role.permissions.length)}
          {role.description && ` · ${role.description}`}
        </p>
      </div>
      {mayManage && (
        <div className={entries.buttons}>
          <Button size="xs" variant="default" aria-label={`Change ${role.name}`} onClick={() => setAsking("change")}>
            Change
          </Button>
          <Button size="xs" variant="default" aria-label={`Delete ${role.name}`} onClick={() => setAsking("delete")}>
            Delete
          </Button>
        </div>
      )}
      <Dialog title={`Change ${role.name}`} open={asking === "change"} onClose={close}>
        <RoleForm known={role} onDone={done} onCancel={close} />
      </Dialog>
      <Dialog title={`Delete ${role.name}?`} open={asking === "delete"} onClose={close}>
        <DeleteRole role={role} onDone={done} onCancel={close} />
      </Dialog>
    </li>
  );
}

interface DeleteRoleProps {
  role: RoleFieldsFragment;
  onDone(): void;
  onCancel(): void;
}

function DeleteRole({ role, onDone, onCancel }: DeleteRoleProps) {
  const [remove] = useMutation(DeleteRoleDocument);
  const action = useAction();
  const go = async () => {
    const answer = await remove({ variables: { input: { roleId: role.id } } });
    const result = answer.data?.deleteRole;
    if (!result) return NO_ANSWER;
    if (result.__typename !== "Role" && result.code !== "NOT_FOUND") return result.message;
    onDone(); // one that is gone already is what was wanted
    return null;
  };
  return (
    <>
      <p>The role goes for good. Nobody may have it any more, and no open invitation may promise it.</p>
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onCancel}>
          Not now
        </Button>
        <Button color="red.9" loading={action.busy} onClick={() => action.run(go)}>
          Delete
        </Button>
      </DialogButtons>
    </>
  );
}

function membersWords(count: number): string {
  return count === 1 ? "1 member" : `${count} members`;
}

function permissionsWords(count: number): string {
  return count === 1 ? "1 permission" : `${count} permissions`;
}
