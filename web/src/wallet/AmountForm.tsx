import { useMutation, useQuery } from "@apollo/client/react";
import "@mantine/core/styles/InlineInput.css";
import "@mantine/core/styles/Radio.css";
import { Button, Radio, TextInput } from "@mantine/core";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useFormats } from "../app/services-context.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { type AmountEntry, readAmount, typedAmount } from "../format/money-entry.js";
import { type PaymentProvider, StartTopUpDocument, TopUpOptionsDocument } from "../gql/graphql.js";
import { CouponField } from "./CouponField.js";
import classes from "./Wallet.module.css";
import { PROVIDERS } from "./wallet-words.js";

const PROBLEMS: Record<NonNullable<AmountEntry["problem"]>, string> = {
  EMPTY: "Enter an amount.",
  NOT_AN_AMOUNT: "This is not an amount.",
  TOO_FINE: "The currency has no smaller parts than that.",
};

/** Where a provider brings one back to without being told: the wallet of the main currency. */
const isWallet = () =>
  window.location.pathname.endsWith("/wallet") && !new URLSearchParams(window.location.search).has("currency");

interface AmountFormProps {
  walletId: string;
  currency: string;
  suggested: string | undefined;
  onStarted(topUpId: string): void;
}

/** First step of a top-up: how much, and by which way. */
export function AmountForm({ walletId, currency, suggested, onStarted }: AmountFormProps) {
  const { locale } = useFormats();
  const [typed, setTyped] = useState(() => (suggested ? typedAmount(suggested, currency, locale) : ""));
  const { data } = useQuery(TopUpOptionsDocument, { variables: { walletId } });
  const [start] = useMutation(StartTopUpDocument);
  const action = useAction();
  const intent = useIntent();
  const [chosen, setChosen] = useState<PaymentProvider | null>(null);
  const [coupon, setCoupon] = useState("");
  const [couponProblem, setCouponProblem] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // A dialog around it was open already while the ways to pay were asked for.
    if (field.current?.closest("dialog")) field.current.focus();
  }, []);
  const entered = readAmount(typed, currency, locale);
  const options = data?.topUpOptions ?? [];
  const option = options.find(({ provider }) => provider === chosen) ?? options[0];

  async function begin(minorUnits: string): Promise<string | null> {
    if (!option) return NO_ANSWER;
    const stays = option.provider === "MANUAL" || isWallet();
    const back = stays ? {} : { returnUrl: window.location.href };
    const couponCode = coupon.trim() === "" ? {} : { couponCode: coupon.trim() };
    const input = { walletId, amount: { minorUnits, currency }, provider: option.provider, ...couponCode, ...back };
    const answer = await start({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.startTopUp;
    if (!result) return NO_ANSWER;
    // A provider that was away is asked for the same payment again, not for a second one.
    if (result.__typename !== "ProviderProblem") intent.settle();
    switch (result.__typename) {
      case "TopUp":
        onStarted(result.id);
        return null;
      case "AmountLimitProblem":
        return `Between ${result.minimum.formatted} and ${result.maximum.formatted} at a time.`;
      case "CouponProblem":
        setCouponProblem(result.message);
        return null;
      case "InvalidInputProblem":
        return result.fields[0]?.message ?? result.message;
      default:
        return result.message;
    }
  }

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { minorUnits, problem } = entered;
    action.run(problem === null ? () => begin(minorUnits) : () => Promise.resolve(PROBLEMS[problem]));
  };

  if (data?.topUpOptions && !option) {
    return <p className="dimmed">No way to pay into this wallet is set up. Ask the organisation above yours.</p>;
  }
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <TextInput
        ref={field}
        label={`Amount in ${currency}`}
        inputMode="decimal"
        autoComplete="off"
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setCouponProblem(null);
          action.forget();
        }}
        error={action.problem}
        description={option && !action.problem && `Between ${option.minimum.formatted} and ${option.maximum.formatted}`}
        inputWrapperOrder={["label", "input", "error", "description"]}
      />
      {options.length > 1 && (
        <Radio.Group
          label="How"
          value={option?.provider ?? null}
          onChange={(value) => {
            setChosen(options.find(({ provider }) => provider === value)?.provider ?? null);
            action.forget();
          }}
        >
          <div className={classes.ways}>
            {options.map(({ provider }) => (
              <Radio
                key={provider}
                value={provider}
                label={PROVIDERS[provider].name}
                description={PROVIDERS[provider].how}
              />
            ))}
          </div>
        </Radio.Group>
      )}
      <CouponField
        code={coupon}
        onType={(code) => {
          setCoupon(code);
          setCouponProblem(null);
        }}
        amount={entered.problem === null ? { minorUnits: entered.minorUnits, currency } : null}
        problem={couponProblem}
      />
      <Button type="submit" loading={action.busy} disabled={!option}>
        Top up
      </Button>
    </form>
  );
}
