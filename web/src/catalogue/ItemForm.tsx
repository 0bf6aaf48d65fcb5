import "@mantine/core/styles/Input.css";
import { useMutation } from "@apollo/client/react";
import { Button, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { useFormats } from "../app/services-context.js";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { type Action, NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { typedAmount } from "../format/money-entry.js";
import {
  type BillingInterval,
  type CatalogueItemKind,
  CreateCatalogueItemDocument,
  type ItemAnswerFragment,
  UpdateCatalogueItemDocument,
} from "../gql/graphql.js";
import classes from "./Catalogue.module.css";
import { INTERVALS } from "./catalogue-words.js";
import { EMPTY_FORM, type FieldErrors, type ItemForm, missingIn, termsOf } from "./item-form.js";
import type { SoldItem } from "./SellingPage.js";

/** Those that wallets can be in; the one that most are in first. */
const CURRENCIES = ["ZAR", "USD", "EUR", "IDR", "PKR"];

const KINDS: { value: CatalogueItemKind; label: string }[] = [
  { value: "SERVICE", label: "A service, which renews" },
  { value: "PRODUCT", label: "A product, bought once" },
];

interface FieldsProps {
  form: ItemForm;
  currency: string;
  errors: FieldErrors;
  onChange(form: ItemForm): void;
}

/** Name, category, description and price. */
function Fields({ form, currency, errors, onChange }: FieldsProps) {
  const set = (changed: Partial<ItemForm>) => onChange({ ...form, ...changed });
  return (
    <>
      <TextInput
        label="Name"
        autoComplete="off"
        maxLength={100}
        value={form.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
        error={errors["name"]}
      />
      <TextInput
        label="Category"
        description="Optional; things of one category stand together."
        autoComplete="off"
        maxLength={60}
        value={form.category}
        onChange={(event) => set({ category: event.currentTarget.value })}
        error={errors["category"]}
      />
      <Textarea
        label="Description"
        rows={3}
        maxLength={2_000}
        value={form.description}
        onChange={(event) => set({ description: event.currentTarget.value })}
        error={errors["description"]}
      />
      <TextInput
        label={`Price in ${currency}, before tax`}
        inputMode="decimal"
        autoComplete="off"
        value={form.price}
        onChange={(event) => set({ price: event.currentTarget.value })}
        error={errors["price"]}
      />
    </>
  );
}

interface FormFrameProps {
  action: Action;
  submit(): Promise<string | null>;
  onCancel(): void;
  verb: string;
  children: ReactNode;
}

function FormFrame({ action, submit, onCancel, verb, children }: FormFrameProps) {
  return (
    <form
      noValidate
      className={classes.form}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        action.run(submit);
      }}
    >
      {children}
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onCancel}>
          Not now
        </Button>
        <Button type="submit" loading={action.busy}>
          {verb}
        </Button>
      </DialogButtons>
    </form>
  );
}

/** What the answer says: refused fields go to the form, everything else is words or done. */
function told(
  result: ItemAnswerFragment | null | undefined,
  onErrors: (errors: FieldErrors) => void,
  onDone: () => void,
) {
  if (!result) return NO_ANSWER;
  if (result.__typename === "CatalogueItem") {
    onDone();
    return null;
  }
  if (result.__typename !== "InvalidInputProblem") return result.message;
  onErrors(Object.fromEntries(result.fields.map(({ path: [field = ""], message }) => [field, message])));
  return null;
}

interface DoneProps {
  onDone(): void;
  onCancel(): void;
}

/** Puts something new on sale. */
export function CreateItem({ onDone, onCancel }: DoneProps) {
  const { locale } = useFormats();
  const [currency, setCurrency] = useState(CURRENCIES[0] ?? "");
  const [form, setForm] = useState(EMPTY_FORM);
  const [errors, setErrors] = useState<FieldErrors>({});
  const [create] = useMutation(CreateCatalogueItemDocument);
  const action = useAction();
  const intent = useIntent();
  const submit = async () => {
    const missing = missingIn(form, currency, locale);
    setErrors(missing);
    if (Object.keys(missing).length > 0) return null;
    const { kind, interval } = form;
    const input = { kind, ...termsOf(form, currency, locale), interval: kind === "SERVICE" ? interval : null };
    const answer = await create({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    intent.settle();
    return told(answer.data?.createCatalogueItem, setErrors, onDone);
  };
  return (
    <FormFrame action={action} submit={submit} onCancel={onCancel} verb="Put it on sale">
      <NativeSelect
        label="What is it"
        data={KINDS}
        value={form.kind}
        onChange={(event) => setForm({ ...form, kind: event.currentTarget.value as CatalogueItemKind })} // one of the choices
      />
      <Fields form={form} currency={currency} errors={errors} onChange={setForm} />
      <NativeSelect
        label="Currency"
        data={CURRENCIES}
        value={currency}
        onChange={(event) => setCurrency(event.currentTarget.value)}
      />
      {form.kind === "SERVICE" && (
        <NativeSelect
          label="Renews"
          data={INTERVALS}
          value={form.interval}
          onChange={(event) => setForm({ ...form, interval: event.currentTarget.value as BillingInterval })} // one of the choices
          error={errors["interval"]}
        />
      )}
    </FormFrame>
  );
}

/** Changes what is said of something on sale, or its price. */
export function EditItem({ item, onDone, onCancel }: DoneProps & { item: SoldItem }) {
  const { locale } = useFormats();
  const { currency } = item.price;
  const [form, setForm] = useState<ItemForm>({
    kind: item.kind,
    name: item.name,
    category: item.category ?? "",
    description: item.description ?? "",
    price: typedAmount(item.price.minorUnits, currency, locale),
    interval: item.interval ?? "MONTHLY",
  });
  const [errors, setErrors] = useState<FieldErrors>({});
  const [update] = useMutation(UpdateCatalogueItemDocument);
  const action = useAction();
  const intent = useIntent();
  const submit = async () => {
    const missing = missingIn(form, currency, locale);
    setErrors(missing);
    if (Object.keys(missing).length > 0) return null;
    const input = { itemId: item.id, ...termsOf(form, currency, locale) };
    const answer = await update({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    intent.settle();
    return told(answer.data?.updateCatalogueItem, setErrors, onDone);
  };
  return (
    <FormFrame action={action} submit={submit} onCancel={onCancel} verb="Save">
      <Fields form={form} currency={currency} errors={errors} onChange={setForm} />
      <p className="small dimmed">
        A new price counts for new orders, and for those who are subscribed from their next renewal on.
      </p>
    </FormFrame>
  );
}
