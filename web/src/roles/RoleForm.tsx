import "@mantine/core/styles/Input.css";
import { useMutation } from "@apollo/client/react";
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { CreateRoleDocument, type RoleFieldsFragment, UpdateRoleDocument } from "../gql/graphql.js";
import { PermissionPicker } from "../permissions/PermissionPicker.js";
import classes from "./Roles.module.css";

interface RoleFormProps {
  /** The role that changes; null for a new one. */
  known: RoleFieldsFragment | null;
  onDone(): void;
  onCancel(): void;
}

type FieldErrors = Partial<Record<string, string>>;

/** Name, purpose and permissions of one of the organisation's own roles. */
export function RoleForm({ known, onDone, onCancel }: RoleFormProps) {
  const [create] = useMutation(CreateRoleDocument);
  const [update] = useMutation(UpdateRoleDocument);
  const [name, setName] = useState(known?.name ?? "");
  const [description, setDescription] = useState(known?.description ?? "");
  const [permissions, setPermissions] = useState<ReadonlySet<string>>(
    () => new Set(known?.permissions.map(({ key }) => key)),
  );
  const [errors, setErrors] = useState<FieldErrors>({});
  const action = useAction();

  const submit = async () => {
    const wish = {
      name: name.trim(),
      description: description.trim() || null,
      permissions: [...permissions].sort(),
    };
    const missing = missingIn(wish);
    setErrors(missing);
    if (Object.keys(missing).length > 0) return null;
    const result = known
      ? (await update({ variables: { input: { ...wish, roleId: known.id } } })).data?.updateRole
      : (await create({ variables: { input: wish } })).data?.createRole;
    if (!result) return NO_ANSWER;
    if (result.__typename === "Role") {
      onDone();
      return null;
    }
    if (result.__typename !== "InvalidInputProblem") return result.message;
    setErrors(Object.fromEntries(result.fields.map(({ path: [field = ""], message }) => [field, message])));
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
      <TextInput
        label="Name"
        placeholder="Night shift"
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={errors["name"]}
      />
      <TextInput
        label="What it is for"
        autoComplete="off"
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
        error={errors["description"]}
      />
      <PermissionPicker chosen={permissions} onChange={setPermissions} error={errors["permissions"]} />
      {(known?.memberCount ?? 0) > 0 && (
        <p className="small dimmed">Whoever has this role may do the new, and only the new, within a second.</p>
      )}
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onCancel}>
          Not now
        </Button>
        <Button type="submit" loading={action.busy}>
          {known ? "Save" : "Make the role"}
        </Button>
      </DialogButtons>
    </form>
  );
}

/** What the server would refuse, found before it is asked. */
function missingIn(wish: { name: string; permissions: readonly string[] }): FieldErrors {
  return {
    ...(wish.name === "" && { name: "Give the role a name." }),
    ...(wish.permissions.length === 0 && { permissions: "Choose what the role allows." }),
  };
}
