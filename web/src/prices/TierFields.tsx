import { Button, TextInput } from "@mantine/core";
import { type FormErrors, type ListForm, type TierEntry, withTiers } from "./editor-form.js";
import classes from "./Prices.module.css";

interface TierFieldsProps {
  form: ListForm;
  errors: FormErrors;
  currency: string;
  onChange(form: ListForm): void;
}

/** From which spend on how much is taken off. */
export function TierFields({ form, errors, currency, onChange }: TierFieldsProps) {
  const set = (key: number, change: Partial<TierEntry>) =>
    onChange(
      withTiers(
        form,
        form.tiers.map((tier) => (tier.key === key ? { ...tier, ...change } : tier)),
      ),
    );
  const next = Math.max(-1, ...form.tiers.map(({ key }) => key)) + 1;
  return (
    <>
      {form.tiers.map(({ key, from, discount }, index) => (
        <fieldset key={key} className={classes.tier}>
          <legend className="visually-hidden">Tier {index + 1}</legend>
          <TextInput
            label={`From, in ${currency}`}
            inputMode="decimal"
            value={from}
            onChange={(event) => set(key, { from: event.currentTarget.value })}
            error={errors[`from ${key}`]}
          />
          <TextInput
            label="Off, in %"
            inputMode="decimal"
            value={discount}
            onChange={(event) => set(key, { discount: event.currentTarget.value })}
            error={errors[`discount ${key}`]}
          />
          <Button
            variant="subtle"
            aria-label={`Take out tier ${index + 1}`}
            onClick={() =>
              onChange(
                withTiers(
                  form,
                  form.tiers.filter((tier) => tier.key !== key),
                ),
              )
            }
          >
            Take out
          </Button>
        </fieldset>
      ))}
      <p className={`small dimmed ${classes.note}`}>
        {form.tiersTouched || form.tiers.length === 0
          ? "Without tiers of its own the list takes those above it."
          : "As the list says now, or as it inherits them."}
      </p>
      <Button
        variant="default"
        size="xs"
        onClick={() => onChange(withTiers(form, [...form.tiers, { key: next, from: "", discount: "" }]))}
      >
        Add a tier
      </Button>
    </>
  );
}
