import "@mantine/core/styles/Input.css";
import { useMutation } from "@apollo/client/react";
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { CreateWhatsAppSessionDocument } from "../gql/graphql.js";
import classes from "./Messages.module.css";

/** Makes a session for one more phone; pairing it is the next step. */
export function AddPhone({ onAdded }: { onAdded(): Promise<unknown> }) {
  const [create] = useMutation(CreateWhatsAppSessionDocument);
  const [name, setName] = useState("");
  const action = useAction();
  const intent = useIntent();
  const add = async () => {
    if (name.trim() === "") return "Give the phone a name.";
    const input = { name: name.trim(), driver: "SIMULATED" as const };
    const answer = await create({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.createWhatsAppSession;
    if (!result) return NO_ANSWER;
    intent.settle();
    if (result.__typename !== "WhatsAppSession") return result.message;
    setName("");
    await onAdded();
    return null;
  };
  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        action.run(add);
      }}
    >
      <TextInput
        label="Name of the phone"
        description="It is a rehearsal phone: nothing leaves Tollgate."
        placeholder="Front desk"
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={action.problem}
      />
      <Button type="submit" variant="default" loading={action.busy}>
        Add a phone
      </Button>
    </form>
  );
}
