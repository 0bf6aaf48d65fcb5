import "@mantine/core/styles/Input.css";
import { useMutation } from "@apollo/client/react";
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useFormats } from "../app/services-context.js";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { CreatePromotionDocument } from "../gql/graphql.js";
import { AT_ONCE, type Begin, BeginField, beginOf } from "./BeginField.js";
import { readPercent } from "./basis-points.js";
import { dayBegins } from "./moments.js";
import classes from "./Prices.module.css";
import { useMoment } from "./use-moment.js";

interface CreatePromotionProps {
  organisationId: string;
  onCreated(): void;
  onCancel(): void;
}

/** Takes a percentage off for all below, from a moment on. */
export function CreatePromotion({ organisationId, onCreated, onCancel }: CreatePromotionProps) {
  const { timeZone } = useFormats();
  const [create] = useMutation(CreatePromotionDocument);
  const [name, setName] = useState("");
  const [percent, setPercent] = useState("");
  const [begin, setBegin] = useState<Begin>(AT_ONCE);
  const [lastDay, setLastDay] = useState("");
  const moment = useMoment();
  const [errors, setErrors] = useState<Partial<Record<string, string>>>({});
  const action = useAction();
  const intent = useIntent();

  const go = async () => {
    const [basisPoints, startsAt] = [readPercent(percent), beginOf(begin, moment.now(), timeZone)];
    const missing = {
      ...(name.trim() === "" && { name: "Give it a name: it stands on every bill." }),
      ...(basisPoints === null && { basisPoints: "A percentage, such as 10." }),
      ...(startsAt === null && { startsAt: "Choose a day." }),
    };
    setErrors(missing);
    if (basisPoints === null || startsAt === null || Object.keys(missing).length > 0) {
      moment.settle();
      return null;
    }
    const endsAt = lastDay === "" ? null : dayBegins(lastDay, timeZone);
    const input = { organisationId, name: name.trim(), basisPoints, startsAt, endsAt };
    const answer = await create({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.createPromotion;
    if (!result) return NO_ANSWER;
    intent.settle();
    moment.settle();
    if (result.__typename === "Promotion") {
      onCreated();
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
      <TextInput
        label="Name"
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={errors["name"]}
      />
      <TextInput
        label="Off, in %"
        inputMode="decimal"
        autoComplete="off"
        value={percent}
        onChange={(event) => setPercent(event.currentTarget.value)}
        error={errors["basisPoints"]}
      />
      <BeginField label="Holds from" value={begin} error={errors["startsAt"]} onChange={setBegin} />
      <TextInput
        type="date"
        label="Until the beginning of, if it ends by itself"
        value={lastDay}
        onChange={(event) => setLastDay(event.currentTarget.value)}
        error={errors["endsAt"]}
      />
      <ProblemText>{action.problem ?? errors["organisationId"]}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onCancel}>
          Not now
        </Button>
        <Button type="submit" loading={action.busy}>
          Make the promotion
        </Button>
      </DialogButtons>
    </form>
  );
}
