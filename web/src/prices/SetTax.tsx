import "@mantine/core/styles/Input.css";
import { useMutation } from "@apollo/client/react";
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useFormats } from "../app/services-context.js";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { SetTaxRateDocument } from "../gql/graphql.js";
import { AT_ONCE, type Begin, BeginField, beginOf } from "./BeginField.js";
import { readPercent } from "./basis-points.js";
import classes from "./Prices.module.css";
import { useMoment } from "./use-moment.js";

/** A tax of a country from a moment on; the one before it ends there. */
export function SetTax({ onDone, onCancel }: { onDone(): void; onCancel(): void }) {
  const { timeZone } = useFormats();
  const [setTaxRate] = useMutation(SetTaxRateDocument);
  const [country, setCountry] = useState("ZA");
  const [name, setName] = useState("VAT");
  const [percent, setPercent] = useState("");
  const [begin, setBegin] = useState<Begin>({ ...AT_ONCE, when: "day" });
  const moment = useMoment();
  const [errors, setErrors] = useState<Partial<Record<string, string>>>({});
  const action = useAction();
  const intent = useIntent();
  const go = async () => {
    const [basisPoints, effectiveFrom] = [readPercent(percent), beginOf(begin, moment.now(), timeZone)];
    const missing = {
      ...(basisPoints === null && { basisPoints: "A percentage, such as 15." }),
      ...(effectiveFrom === null && { effectiveFrom: "Choose a day." }),
    };
    setErrors(missing);
    if (basisPoints === null || effectiveFrom === null) {
      moment.settle();
      return null;
    }
    const input = { country: country.trim(), name: name.trim(), basisPoints, effectiveFrom };
    const answer = await setTaxRate({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.setTaxRate;
    if (!result) return NO_ANSWER;
    intent.settle();
    moment.settle();
    if (result.__typename === "TaxRate") {
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
        action.run(go);
      }}
    >
      <p>From that moment every charge in the country carries this tax, whoever sells.</p>
      <TextInput
        label="Country, by its two letters"
        autoComplete="off"
        value={country}
        onChange={(event) => setCountry(event.currentTarget.value)}
        error={errors["country"]}
      />
      <TextInput
        label="Name on bills"
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={errors["name"]}
      />
      <TextInput
        label="Rate, in %"
        inputMode="decimal"
        autoComplete="off"
        value={percent}
        onChange={(event) => setPercent(event.currentTarget.value)}
        error={errors["basisPoints"]}
      />
      <BeginField label="Counts from" value={begin} error={errors["effectiveFrom"]} onChange={setBegin} />
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onCancel}>
          Not now
        </Button>
        <Button type="submit" loading={action.busy}>
          Set the rate
        </Button>
      </DialogButtons>
    </form>
  );
}
