import "@mantine/core/styles/Input.css";
import "@mantine/core/styles/Checkbox.css";
import "@mantine/core/styles/InlineInput.css";
import { useMutation } from "@apollo/client/react";
import { Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useFormats } from "../app/services-context.js";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { CURRENCIES } from "../format/money-entry.js";
import { CreateCouponDocument } from "../gql/graphql.js";
import { AT_ONCE, BeginField } from "./BeginField.js";
import { type CouponForm, readCoupon, USES } from "./coupon-form.js";
import classes from "./Prices.module.css";
import { useMoment } from "./use-moment.js";

const EMPTY: CouponForm = {
  code: "",
  uses: ["TOP_UP"],
  kind: "percent",
  worth: "",
  currency: "ZAR",
  minimum: "",
  maxRedemptions: "",
  maxPerOrganisation: "1",
  begin: AT_ONCE,
  lastDay: "",
};

interface CreateCouponProps {
  organisationId: string;
  onCreated(): void;
  onCancel(): void;
}

/** A code for those below, with its worth and its limits. */
export function CreateCoupon({ organisationId, onCreated, onCancel }: CreateCouponProps) {
  const { timeZone, locale } = useFormats();
  const [create] = useMutation(CreateCouponDocument);
  const [form, setForm] = useState(EMPTY);
  const moment = useMoment();
  const [errors, setErrors] = useState<Partial<Record<string, string>>>({});
  const action = useAction();
  const intent = useIntent();
  const set = (change: Partial<CouponForm>) => {
    setForm({ ...form, ...change });
    setErrors({});
  };

  const go = async () => {
    const read = readCoupon(form, { now: moment.now(), timeZone, locale });
    if ("errors" in read) {
      setErrors(read.errors);
      moment.settle();
      return null;
    }
    const input = { organisationId, ...read.input };
    const answer = await create({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.createCoupon;
    if (!result) return NO_ANSWER;
    intent.settle();
    moment.settle();
    if (result.__typename === "Coupon") {
      onCreated();
      return null;
    }
    if (result.__typename !== "InvalidInputProblem") return result.message;
    setErrors(Object.fromEntries(result.fields.map(({ path: [field = ""], message }) => [field, message])));
    return null;
  };

  const text = (label: string, field: "code" | "worth" | "minimum" | "maxRedemptions" | "maxPerOrganisation") => ({
    label,
    autoComplete: "off",
    value: form[field],
    onChange: (event: { currentTarget: { value: string } }) => set({ [field]: event.currentTarget.value }),
  });
  return (
    <form
      noValidate
      className={classes.form}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        action.run(go);
      }}
    >
      <TextInput {...text("Code", "code")} error={errors["code"]} />
      <Checkbox.Group
        label="Good for"
        value={[...form.uses]}
        onChange={(values) => set({ uses: USES.flatMap(({ value }) => (values.includes(value) ? value : [])) })}
        error={errors["uses"]}
      >
        {USES.map(({ value, label }) => (
          <Checkbox key={value} mt="sm" value={value} label={label} />
        ))}
      </Checkbox.Group>
      <NativeSelect
        label="Worth"
        data={[
          { value: "percent", label: "A percentage" },
          { value: "amount", label: "An amount" },
        ]}
        value={form.kind}
        onChange={(event) => set({ kind: event.currentTarget.value === "amount" ? "amount" : "percent" })}
      />
      <TextInput
        {...text(form.kind === "percent" ? "How many %" : `How much, in ${form.currency}`, "worth")}
        inputMode="decimal"
        error={errors["basisPoints"] ?? errors["amount"]}
      />
      <NativeSelect
        label="Currency of amounts"
        data={[...CURRENCIES]}
        value={form.currency}
        onChange={(event) => set({ currency: event.currentTarget.value })}
      />
      <TextInput {...text("Only from this amount on", "minimum")} inputMode="decimal" error={errors["minimum"]} />
      <TextInput {...text("Times in all", "maxRedemptions")} inputMode="numeric" error={errors["maxRedemptions"]} />
      <TextInput
        {...text("Times for each organisation", "maxPerOrganisation")}
        inputMode="numeric"
        error={errors["maxPerOrganisation"]}
      />
      <BeginField
        label="Holds from"
        value={form.begin}
        error={errors["startsAt"]}
        onChange={(begin) => set({ begin })}
      />
      <TextInput
        type="date"
        label="Until the beginning of, if it ends by itself"
        value={form.lastDay}
        onChange={(event) => set({ lastDay: event.currentTarget.value })}
        error={errors["endsAt"]}
      />
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onCancel}>
          Not now
        </Button>
        <Button type="submit" loading={action.busy}>
          Make the coupon
        </Button>
      </DialogButtons>
    </form>
  );
}
