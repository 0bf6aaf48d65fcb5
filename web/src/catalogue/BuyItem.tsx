import "@mantine/core/styles/Input.css";
import { useMutation, useQuery } from "@apollo/client/react";
import { Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useMay } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import {
  type ItemFieldsFragment,
  ItemPriceDocument,
  OrderItemsDocument,
  ServiceSubscriptionListDocument,
  SubscribeToServiceDocument,
} from "../gql/graphql.js";
import { PriceLines } from "../prices/PriceLines.js";
import classes from "./Catalogue.module.css";
import { INTERVAL_WORDS, readQuantity } from "./catalogue-words.js";

const TYPING_MS = 300;

/** How many, what that comes to step by step, and then the deed. */
export function BuyItem({ item, onClose }: { item: ItemFieldsFragment; onClose(): void }) {
  const [typed, setTyped] = useState("1");
  const [coupon, setCoupon] = useState("");
  const [couponProblem, setCouponProblem] = useState<string | null>(null);
  const [done, setDone] = useState<string | null>(null);
  const [short, setShort] = useState(false);
  const mayTopUp = useMay("wallet:topUp");
  const quantity = readQuantity(typed);
  const buy = useBuying(item);
  const action = useAction();
  const isService = item.kind === "SERVICE";

  const submit = async (): Promise<string | null> => {
    if (quantity === null) return "Take 1 to 1,000 of it.";
    const { words, problem, about } = await buy(quantity, coupon.trim());
    setShort(about === "money");
    setCouponProblem(about === "coupon" ? problem : null);
    setDone(words);
    return about === "coupon" ? null : problem;
  };

  if (done !== null) {
    return (
      <>
        <p role="status">{done}</p>
        <DialogButtons>
          {isService && (
            <Button variant="default" component={Link} to="/catalogue/subscriptions">
              See your subscriptions
            </Button>
          )}
          <Button onClick={onClose}>Done</Button>
        </DialogButtons>
      </>
    );
  }
  return (
    <form
      noValidate
      className={classes.form}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        action.run(submit);
      }}
    >
      <TextInput
        label="How many"
        inputMode="numeric"
        autoComplete="off"
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setCouponProblem(null);
          action.forget();
        }}
        error={quantity === null ? "Take 1 to 1,000 of it." : null}
      />
      {isService && (
        <TextInput
          label="Coupon"
          description="Optional; it counts for the first period."
          autoComplete="off"
          maxLength={40}
          value={coupon}
          onChange={(event) => {
            setCoupon(event.currentTarget.value);
            setCouponProblem(null);
            action.forget();
          }}
          error={couponProblem}
          inputWrapperOrder={["label", "input", "error", "description"]}
        />
      )}
      <Price item={item} quantity={quantity} />
      <p className="small dimmed">
        {isService
          ? "The first period is taken from the wallet now. It renews by itself until it is cancelled."
          : "It is taken from the wallet now."}
      </p>
      <ProblemText>{action.problem}</ProblemText>
      {short && mayTopUp && (
        <p>
          <Link to="/wallet">Top up the wallet</Link>
        </p>
      )}
      <DialogButtons>
        <Button variant="default" onClick={onClose}>
          Not now
        </Button>
        <Button type="submit" loading={action.busy} disabled={quantity === null}>
          {isService ? "Subscribe" : "Order and pay"}
        </Button>
      </DialogButtons>
    </form>
  );
}

/** What became of it: words of success, or why not, and what that is about. */
interface Outcome {
  words: string | null;
  problem: string | null;
  about: "money" | "coupon" | "order";
}

const failed = (problem: string, typename?: string): Outcome => {
  const about = typename === "InsufficientFundsProblem" ? "money" : typename === "CouponProblem" ? "coupon" : "order";
  return { words: null, problem, about };
};

const bought = (words: string): Outcome => ({ words, problem: null, about: "order" });

function useBuying(item: ItemFieldsFragment): (quantity: number, couponCode: string) => Promise<Outcome> {
  const [subscribe] = useMutation(SubscribeToServiceDocument, { refetchQueries: [ServiceSubscriptionListDocument] });
  const [order] = useMutation(OrderItemsDocument);
  const intent = useIntent();
  const subscribing = async (quantity: number, couponCode: string): Promise<Outcome> => {
    const input = { itemId: item.id, quantity, ...(couponCode !== "" && { couponCode }) };
    const answer = await subscribe({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.subscribeToService;
    if (!result) return failed(NO_ANSWER);
    intent.settle();
    if (result.__typename === "ServiceSubscription") {
      return bought(`You are subscribed to ${item.name}.`);
    }
    if (result.__typename === "InvalidInputProblem") return failed(result.fields[0]?.message ?? result.message);
    return failed(result.message, result.__typename);
  };
  const ordering = async (quantity: number): Promise<Outcome> => {
    const input = { items: [{ itemId: item.id, quantity }] };
    const answer = await order({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.orderItems;
    if (!result) return failed(NO_ANSWER);
    intent.settle();
    if (result.__typename === "Order") {
      return bought(`Order ${result.number} is paid: ${result.total.formatted}.`);
    }
    if (result.__typename === "InvalidInputProblem") return failed(result.fields[0]?.message ?? result.message);
    return failed(result.message, result.__typename);
  };
  return item.kind === "SERVICE" ? subscribing : ordering;
}

function Price({ item, quantity }: { item: ItemFieldsFragment; quantity: number | null }) {
  const [asked] = useDebouncedValue(quantity, TYPING_MS);
  const { data, previousData, error, loading } = useQuery(ItemPriceDocument, {
    variables: { input: { items: [{ itemId: item.id, quantity: asked ?? 1 }] } },
    skip: asked === null,
    fetchPolicy: "cache-and-network",
  });
  const price = (data ?? previousData)?.priceItems;
  if (price) {
    return (
      <div aria-live="polite" aria-busy={loading} className={loading ? classes.stale : undefined}>
        <PriceLines price={price} per={item.interval ? INTERVAL_WORDS[item.interval] : ""} />
      </div>
    );
  }
  if (error) return <TroubleNotice error={error} of="The price" />;
  return <Bones lines={3} label="the price" />;
}
