import "@mantine/core/styles/Input.css";
import "@mantine/core/styles/Radio.css";
import { useApolloClient, useMutation, useQuery } from "@apollo/client/react";
import { Button, Radio, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useFormats, useMay } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { Panel } from "../components/Panel.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { readAmount, typedAmount } from "../format/money-entry.js";
import {
  InvoiceDocument,
  InvoicePayerDocument,
  InvoiceWaysDocument,
  type InvoiceWholeFragment,
  PayInvoiceDocument,
  type PaymentProvider,
} from "../gql/graphql.js";
import { TopUp } from "../wallet/TopUp.js";
import { PROVIDERS } from "../wallet/wallet-words.js";
import classes from "./Invoices.module.css";

const AMOUNT_PROBLEMS = {
  EMPTY: "Enter an amount.",
  NOT_AN_AMOUNT: "This is not an amount.",
  TOO_FINE: "The currency has no smaller parts than that.",
};

interface PayInvoiceProps {
  invoice: InvoiceWholeFragment;
  /** The top-up that the person comes back from paying. */
  cameBackFrom: string | undefined;
}

/** From the wallet, or by a payment that goes straight to the invoice. */
export function PayInvoice({ invoice, cameBackFrom }: PayInvoiceProps) {
  const { currency } = invoice.total;
  const mayTopUp = useMay("wallet:topUp");
  const mayReadWallet = useMay("wallet:read");
  const organisationId = invoice.organisation?.id ?? "";
  const { data, loading } = useQuery(InvoicePayerDocument, {
    variables: { organisationId, currency },
    skip: !mayReadWallet || organisationId === "",
  });
  const wallet = data?.organisation?.wallet ?? null;
  const [topUpId, setTopUpId] = useState<string | null>(cameBackFrom ?? null);
  const client = useApolloClient();
  return (
    <Panel title="Pay">
      {loading && <Bones lines={3} label="the wallet" />}
      {topUpId && wallet ? (
        <TopUp
          key={topUpId}
          walletId={wallet.id}
          currency={currency}
          resumed={topUpId}
          cameBackFrom={cameBackFrom}
          next={{ label: "Another payment", go: () => setTopUpId(null) }}
          onSettled={() => {
            client.refetchQueries({ include: [InvoiceDocument] }).catch(() => undefined); // told by the page's own query
          }}
        />
      ) : (
        !loading && (
          <PayForm
            invoice={invoice}
            wallet={wallet}
            ways={mayTopUp && mayReadWallet}
            onStarted={(id) => setTopUpId(id)}
          />
        )
      )}
    </Panel>
  );
}

interface PayFormProps {
  invoice: InvoiceWholeFragment;
  wallet: { id: string; available: { formatted: string } } | null;
  /** Whether it may be paid by a provider too. */
  ways: boolean;
  onStarted(topUpId: string): void;
}

function PayForm({ invoice, wallet, ways, onStarted }: PayFormProps) {
  const { locale } = useFormats();
  const { amountDue, total } = invoice;
  const { currency } = total;
  const { data } = useQuery(InvoiceWaysDocument, { variables: { walletId: wallet?.id ?? "" }, skip: !ways || !wallet });
  const [typed, setTyped] = useState(() => typedAmount(amountDue.minorUnits, currency, locale));
  const [provider, setProvider] = useState<PaymentProvider | null>(null);
  const [pay] = useMutation(PayInvoiceDocument);
  const action = useAction();
  const intent = useIntent();
  const send = async (minorUnits: string) => {
    const way =
      provider === null ? {} : { provider, ...(provider === "MANUAL" ? {} : { returnUrl: window.location.href }) };
    const input = { invoiceId: invoice.id, amount: { minorUnits, currency }, ...way };
    const answer = await pay({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.payInvoice;
    if (!result) return NO_ANSWER;
    // A provider that was away is asked for the same payment again, not for a second one.
    if (result.__typename !== "ProviderProblem") intent.settle();
    if (result.__typename === "AmountLimitProblem") {
      return `Between ${result.minimum.formatted} and ${result.maximum.formatted} at a time: pay in parts.`;
    }
    if (result.__typename === "InvalidInputProblem") return result.fields[0]?.message ?? result.message;
    if (result.__typename !== "InvoicePayment") return result.message;
    if (result.topUp) onStarted(result.topUp.id);
    else setTyped(typedAmount(result.invoice.amountDue.minorUnits, currency, locale));
    return null;
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { minorUnits, problem } = readAmount(typed, currency, locale);
    action.run(problem === null ? () => send(minorUnits) : () => Promise.resolve(AMOUNT_PROBLEMS[problem]));
  };
  const options = data?.topUpOptions ?? [];
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <TextInput
        label={`Amount in ${currency}`}
        inputMode="decimal"
        autoComplete="off"
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          action.forget();
        }}
        error={action.problem}
        description={`${amountDue.formatted} are due; a part is possible.`}
        inputWrapperOrder={["label", "input", "error", "description"]}
      />
      <Radio.Group
        label="How"
        value={provider ?? ""}
        onChange={(value) => {
          setProvider(options.find((option) => option.provider === value)?.provider ?? null);
          action.forget();
        }}
      >
        <div className={classes.form}>
          <Radio
            value=""
            label="From the wallet"
            description={
              wallet ? `${wallet.available.formatted} available, credit included` : "With money that was paid in"
            }
          />
          {options.map((option) => (
            <Radio
              key={option.provider}
              value={option.provider}
              label={PROVIDERS[option.provider].name}
              description={PROVIDERS[option.provider].how}
            />
          ))}
        </div>
      </Radio.Group>
      <Button type="submit" loading={action.busy}>
        Pay
      </Button>
    </form>
  );
}
