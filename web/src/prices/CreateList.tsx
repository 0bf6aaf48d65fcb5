import "@mantine/core/styles/Input.css";
import { useMutation } from "@apollo/client/react";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { CreatePriceListDocument, type PriceListEntryFragment } from "../gql/graphql.js";

const CURRENCIES = ["ZAR", "USD", "EUR", "IDR", "PKR"];

interface CreateListProps {
  organisationId: string;
  /** Of the list that counts now. */
  currency: string;
  /** Its own lists, to start from. */
  lists: readonly PriceListEntryFragment[];
  onCancel(): void;
}

/** A draft, empty or with what another list says; nothing changes for anybody before it is published. */
export function CreateList({ organisationId, currency: usual, lists, onCancel }: CreateListProps) {
  const navigate = useNavigate();
  const [create] = useMutation(CreatePriceListDocument);
  const [name, setName] = useState("");
  const [currency, setCurrency] = useState(usual);
  const sources = lists.filter((list) => list.currency === currency);
  const [copyOf, setCopyOf] = useState(sources.find(({ state }) => state === "PUBLISHED")?.id ?? "");
  const [errors, setErrors] = useState<Partial<Record<string, string>>>({});
  const action = useAction();
  const intent = useIntent();
  const source = sources.find(({ id }) => id === copyOf);

  const go = async () => {
    if (name.trim() === "") {
      setErrors({ name: "Give the list a name." });
      return null;
    }
    const input = {
      organisationId,
      name: name.trim(),
      currency,
      ...(source && {
        copyOf: source.id,
        markupBasisPoints: source.markupBasisPoints,
        tierAdjustmentBasisPoints: source.tierAdjustmentBasisPoints,
      }),
    };
    const answer = await create({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.createPriceList;
    if (!result) return NO_ANSWER;
    intent.settle();
    if (result.__typename === "PriceList") {
      await navigate({ to: "/prices/$id", params: { id: result.id } });
      return null;
    }
    if (result.__typename !== "InvalidInputProblem") return result.message;
    setErrors(Object.fromEntries(result.fields.map(({ path: [field = ""], message }) => [field, message])));
    return null;
  };

  return (
    <form
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        action.run(go);
      }}
    >
      <TextInput
        label="Name"
        autoComplete="off"
        value={name}
        onChange={(event) => {
          setName(event.currentTarget.value);
          setErrors({});
        }}
        error={errors["name"]}
      />
      <NativeSelect
        mt="md"
        label="Currency"
        data={CURRENCIES}
        value={currency}
        onChange={(event) => setCurrency(event.currentTarget.value)}
        error={errors["currency"]}
      />
      <NativeSelect
        mt="md"
        label="Start from"
        value={copyOf}
        onChange={(event) => setCopyOf(event.currentTarget.value)}
        data={[
          { value: "", label: "Nothing: everything is inherited" },
          ...sources.map((list) => ({ value: list.id, label: `${list.name}, version ${list.version}` })),
        ]}
        error={errors["copyOf"]}
      />
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onCancel}>
          Not now
        </Button>
        <Button type="submit" loading={action.busy}>
          Make the draft
        </Button>
      </DialogButtons>
    </form>
  );
}
