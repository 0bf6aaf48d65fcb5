import "@mantine/core/styles/Input.css";
import { useMutation } from "@apollo/client/react";
import { Button, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { serverNow } from "../api/server.js";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { CreateApiKeyDocument } from "../gql/graphql.js";
import { PermissionPicker } from "../permissions/PermissionPicker.js";
import classes from "./ApiKeys.module.css";
import { addressesFrom, endOf, LIVES } from "./key-words.js";

const USUAL_LIFE = "90";

type FieldErrors = Partial<Record<string, string>>;

/** Makes a key; its secret goes to `onCreated` and is kept nowhere else. */
export function CreateKey({ onCreated, onCancel }: { onCreated(secret: string): void; onCancel(): void }) {
  const [create] = useMutation(CreateApiKeyDocument, { fetchPolicy: "no-cache" });
  const [name, setName] = useState("");
  const [permissions, setPermissions] = useState<ReadonlySet<string>>(new Set());
  const [life, setLife] = useState(USUAL_LIFE);
  const [addresses, setAddresses] = useState("");
  const [openedAt] = useState(serverNow); // once, so that a repetition asks for the same
  const [errors, setErrors] = useState<FieldErrors>({});
  const action = useAction();
  const intent = useIntent();

  const submit = async () => {
    const wish = {
      name: name.trim(),
      permissions: [...permissions].sort(),
      allowedAddresses: addressesFrom(addresses),
    };
    const missing = missingIn(wish);
    setErrors(missing);
    if (Object.keys(missing).length > 0) return null;
    const input = { ...wish, expiresAt: endOf(life, openedAt) };
    const answer = await create({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.createApiKey;
    if (!result) return NO_ANSWER;
    intent.settle();
    if (result.__typename === "ApiKeySecret") {
      onCreated(result.secret);
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
        description="What uses the key, so that you know it when you see it."
        placeholder="Monthly report"
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={errors["name"]}
      />
      <PermissionPicker chosen={permissions} onChange={setPermissions} error={errors["permissions"]} />
      <NativeSelect
        label="Good for"
        data={LIVES}
        value={life}
        onChange={(event) => setLife(event.currentTarget.value)}
        error={errors["expiresAt"]}
      />
      <Textarea
        label="Only from these addresses"
        description="Addresses or CIDR ranges, one a line. Empty: from anywhere."
        rows={2}
        value={addresses}
        onChange={(event) => setAddresses(event.currentTarget.value)}
        error={errors["allowedAddresses"]}
      />
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onCancel}>
          Not now
        </Button>
        <Button type="submit" loading={action.busy}>
          Create the key
        </Button>
      </DialogButtons>
    </form>
  );
}

/** What the server would refuse, found before it is asked. */
function missingIn(wish: { name: string; permissions: readonly string[] }): FieldErrors {
  return {
    ...(wish.name === "" && { name: "Give the key a name." }),
    ...(wish.permissions.length === 0 && { permissions: "Choose what the key may do." }),
  };
}
