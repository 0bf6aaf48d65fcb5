import "@mantine/core/styles/Input.css";
import { useMutation } from "@apollo/client/react";
import { NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { useIntent } from "../components/use-intent.js";
import { CreateOrganisationDocument, type OrganisationKind, RenameOrganisationDocument } from "../gql/graphql.js";
import { ChangeForm } from "./ChangeForm.js";
import { KIND_WORDS, KINDS } from "./organisation-words.js";
import type { OrganisationNode } from "./tree-model.js";
import { useChange } from "./use-change.js";

export interface ChangeProps {
  node: OrganisationNode;
  onDone(node: OrganisationNode): void;
  onCancel(): void;
}

const KIND_CHOICES = [...KINDS].reverse().map((value) => ({ value, label: KIND_WORDS[value] }));

/** Puts a new organisation below one. */
export function CreateOrganisation({ node, onDone, onCancel }: ChangeProps) {
  const [create] = useMutation(CreateOrganisationDocument, { fetchPolicy: "no-cache" });
  const [name, setName] = useState("");
  const [kind, setKind] = useState<OrganisationKind>("CUSTOMER");
  const intent = useIntent();
  const change = useChange(onDone);
  const submit = () => {
    const wish = { parentId: node.id, name: name.trim(), kind };
    const input = { ...wish, idempotencyKey: intent.keyFor(wish) };
    change.ask(async () => (await create({ variables: { input } })).data?.createOrganisation, intent.settle);
  };
  return (
    <ChangeForm change={change} word="Create" isReady={name.trim() !== ""} onSubmit={submit} onCancel={onCancel}>
      <p>
        It stands below <strong>{node.name}</strong>, with a wallet of its own. Invite its people afterwards.
      </p>
      <TextInput
        label="Name"
        maxLength={120}
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={change.errors["name"]}
      />
      <NativeSelect
        label="Kind"
        description="A reseller has customers and resellers below it; a customer has nobody."
        data={KIND_CHOICES}
        value={kind}
        onChange={(event) => setKind(event.currentTarget.value === "RESELLER" ? "RESELLER" : "CUSTOMER")}
        error={change.errors["kind"] ?? change.errors["parentId"]}
      />
    </ChangeForm>
  );
}

/** Gives an organisation another name. */
export function RenameOrganisation({ node, onDone, onCancel }: ChangeProps) {
  const [rename] = useMutation(RenameOrganisationDocument, { fetchPolicy: "no-cache" });
  const [name, setName] = useState(node.name);
  const change = useChange(onDone);
  const submit = () => {
    const input = { organisationId: node.id, name: name.trim() };
    change.ask(async () => (await rename({ variables: { input } })).data?.renameOrganisation);
  };
  return (
    <ChangeForm change={change} word="Rename" isReady={name.trim() !== ""} onSubmit={submit} onCancel={onCancel}>
      <TextInput
        label="Name"
        maxLength={120}
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={change.errors["name"]}
      />
    </ChangeForm>
  );
}
