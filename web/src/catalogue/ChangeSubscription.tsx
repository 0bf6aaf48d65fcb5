import "@mantine/core/styles/Input.css";
import { useMutation, useQuery } from "@apollo/client/react";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type FormEvent, useState } from "react";
import { Bones } from "../components/Bones.js";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import {
  CatalogueItemsDocument,
  ChangeServiceSubscriptionDocument,
  ServiceChangeDocument,
  type SubscriptionFieldsFragment,
} from "../gql/graphql.js";
import { PriceLines } from "../prices/PriceLines.js";
import classes from "./Catalogue.module.css";
import { priceWords, readQuantity } from "./catalogue-words.js";

const TYPING_MS = 300;
/** Services to change to that are offered in the list. */
const MOST_OFFERED = 100;

interface ChangeSubscriptionProps {
  subscription: SubscriptionFieldsFragment;
  onDone(): void;
}

/** Another service or quantity, with what that costs or gives back today before anything is done. */
export function ChangeSubscription({ subscription, onDone }: ChangeSubscriptionProps) {
  const { item } = subscription;
  const [itemId, setItemId] = useState(item.id);
  const [typed, setTyped] = useState(`${subscription.quantity}`);
  const services = useServices(subscription);
  const [change] = useMutation(ChangeServiceSubscriptionDocument);
  const action = useAction();
  const intent = useIntent();
  const quantity = readQuantity(typed);
  const isOther = quantity !== null && (itemId !== item.id || quantity !== subscription.quantity);
  const wish = { serviceSubscriptionId: subscription.id, itemId, quantity: quantity ?? 1 };
  const submit = async () => {
    const answer = await change({ variables: { input: { ...wish, idempotencyKey: intent.keyFor(wish) } } });
    const result = answer.data?.changeServiceSubscription;
    if (!result) return NO_ANSWER;
    intent.settle();
    if (result.__typename === "InvalidInputProblem") return result.fields[0]?.message ?? result.message;
    if (result.__typename !== "ServiceSubscription") return result.message;
    onDone();
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
      <NativeSelect
        label="Service"
        data={services}
        value={itemId}
        onChange={(event) => {
          setItemId(event.currentTarget.value);
          action.forget();
        }}
      />
      <TextInput
        label="How many"
        inputMode="numeric"
        autoComplete="off"
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          action.forget();
        }}
        error={quantity === null ? "Take 1 to 1,000 of it." : null}
      />
      {isOther ? <Preview wish={wish} /> : <p className="dimmed">Choose another service or quantity.</p>}
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onDone}>
          Not now
        </Button>
        <Button type="submit" loading={action.busy} disabled={!isOther}>
          Change it
        </Button>
      </DialogButtons>
    </form>
  );
}

/** What one can change to: what is on offer in the same currency, and what one has. */
function useServices({ item }: SubscriptionFieldsFragment): { value: string; label: string }[] {
  const { data } = useQuery(CatalogueItemsDocument, {
    variables: { first: MOST_OFFERED, filter: { kind: "SERVICE", state: ["ACTIVE"] }, withStatistics: false },
  });
  const own = { value: item.id, label: `${item.name} (as now)` };
  const others = (data?.catalogue?.nodes ?? []).filter(
    ({ id, price }) => id !== item.id && price.currency === item.price.currency,
  );
  return [
    own,
    ...others.map(({ id, name, price, interval }) => ({
      value: id,
      label: `${name}, ${priceWords(price.formatted, interval)}`,
    })),
  ];
}

interface PreviewProps {
  wish: { serviceSubscriptionId: string; itemId: string; quantity: number };
}

function Preview({ wish }: PreviewProps) {
  const [input] = useDebouncedValue(wish, TYPING_MS);
  const { data, previousData, error, loading } = useQuery(ServiceChangeDocument, {
    variables: { input },
    fetchPolicy: "no-cache",
  });
  const price = (data ?? previousData)?.serviceSubscriptionChange;
  if (error && !loading) return <TroubleNotice error={error} of="The change" />;
  if (!price) return <Bones lines={3} label="what the change comes to" />;
  return (
    <div aria-live="polite" aria-busy={loading} className={loading ? classes.stale : undefined}>
      <PriceLines price={price} per="today" />
      {price.total.minorUnits.startsWith("-") && <p className="small dimmed">This goes back into the wallet.</p>}
    </div>
  );
}
