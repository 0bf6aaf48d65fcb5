import "@mantine/core/styles/Input.css";
import { useMutation } from "@apollo/client/react";
import { Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useIntent } from "../components/use-intent.js";
import {
  CloseOrganisationDocument,
  ReactivateOrganisationDocument,
  SuspendOrganisationDocument,
} from "../gql/graphql.js";
import { ChangeForm } from "./ChangeForm.js";
import type { ChangeProps } from "./NameForms.js";
import { useChange } from "./use-change.js";

const SHORTEST_REASON = 3;

interface ReasonProps {
  description: string;
  value: string;
  error: string | undefined;
  onChange(value: string): void;
}

function Reason({ description, value, error, onChange }: ReasonProps) {
  return (
    <Textarea
      label="Reason"
      description={description}
      rows={2}
      maxLength={500}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={error}
    />
  );
}

/** Stops an organisation and all below it, until somebody takes it back. */
export function SuspendOrganisation({ node, onDone, onCancel }: ChangeProps) {
  const [suspend] = useMutation(SuspendOrganisationDocument, { fetchPolicy: "no-cache" });
  const [reason, setReason] = useState("");
  const change = useChange(onDone);
  const isReady = reason.trim().length >= SHORTEST_REASON;
  const submit = () => {
    const input = { organisationId: node.id, reason: reason.trim() };
    change.ask(async () => (await suspend({ variables: { input } })).data?.suspendOrganisation);
  };
  return (
    <ChangeForm change={change} word="Suspend" isDangerous isReady={isReady} onSubmit={submit} onCancel={onCancel}>
      <p>
        The machines of <strong>{node.name}</strong> and of everything below it stop, and its people may only read and
        pay. It all resumes when you reactivate it.
      </p>
      <Reason description="Its people are told." value={reason} onChange={setReason} error={change.errors["reason"]} />
    </ChangeForm>
  );
}

/** Takes a suspension back. */
export function ReactivateOrganisation({ node, onDone, onCancel }: ChangeProps) {
  const [reactivate] = useMutation(ReactivateOrganisationDocument, { fetchPolicy: "no-cache" });
  const change = useChange(onDone);
  const submit = () => {
    const input = { organisationId: node.id };
    change.ask(async () => (await reactivate({ variables: { input } })).data?.reactivateOrganisation);
  };
  return (
    <ChangeForm change={change} word="Reactivate" onSubmit={submit} onCancel={onCancel}>
      <p>
        The machines of <strong>{node.name}</strong> that stopped for its suspension start again, as far as there is
        money for them. What is suspended by itself below it stays so.
      </p>
    </ChangeForm>
  );
}

/** Ends an organisation for good; its name has to be typed. */
export function CloseOrganisation({ node, onDone, onCancel }: ChangeProps) {
  const [close] = useMutation(CloseOrganisationDocument, { fetchPolicy: "no-cache" });
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const intent = useIntent();
  const change = useChange(onDone);
  const isReady = typed.trim() === node.name && reason.trim().length >= SHORTEST_REASON;
  const submit = () => {
    const wish = { organisationId: node.id, reason: reason.trim() };
    const input = { ...wish, idempotencyKey: intent.keyFor(wish) };
    change.ask(async () => (await close({ variables: { input } })).data?.closeOrganisation, intent.settle);
  };
  return (
    <ChangeForm
      change={change}
      word="Close for good"
      isDangerous
      isReady={isReady}
      onSubmit={submit}
      onCancel={onCancel}
    >
      <p>
        This cannot be undone. The machines of <strong>{node.name}</strong> are deleted, its people are signed out and
        cannot come back, its API keys and its WhatsApp end. Its books and the audit trail stay. Everything below it has
        to be closed and its wallet empty.
      </p>
      <Reason
        description="Kept with the organisation."
        value={reason}
        onChange={setReason}
        error={change.errors["reason"]}
      />
      <TextInput
        label={`Type ${node.name} to confirm`}
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </ChangeForm>
  );
}
