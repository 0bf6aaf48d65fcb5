import "@mantine/core/styles/Input.css";
import "@mantine/core/styles/Checkbox.css";
import "@mantine/core/styles/InlineInput.css";
import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useEffect, useId, useState } from "react";
import { fieldProblemsOf } from "../api/problems.js";
import { useMay } from "../app/services-context.js";
import { useHome } from "../app/use-home.js";
import { Bones } from "../components/Bones.js";
import { EmptyState } from "../components/EmptyState.js";
import { PageHeader } from "../components/PageHeader.js";
import { ProblemText } from "../components/ProblemText.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { OrderOffersDocument, OrderOptionsDocument, OrderPriceDocument, type OrderPriceQuery } from "../gql/graphql.js";
import type { Offer } from "./ExtraFields.js";
import { FundsPanel } from "./FundsPanel.js";
import { keepForm, keptForm } from "./kept-form.js";
import { MachineFields, type Template } from "./MachineFields.js";
import classes from "./Order.module.css";
import {
  EMPTY_FORM,
  type FieldErrors,
  type OrderForm,
  placeProblems,
  pricedConfig,
  problemsOf,
  withTemplate,
} from "./order-form.js";
import { PaymentOutcome } from "./PaymentOutcome.js";
import { PricePanel } from "./PricePanel.js";
import { usePlaceOrder } from "./use-place-order.js";

const ABOVE = { label: "Machines", to: "/machines" } as const;
const TYPING_MS = 300;
const NO_OFFERS: readonly Offer[] = [];
/** Never sent: without a machine nothing is asked. */
const UNPRICED = { name: "", image: "" };

/** From a size to a running machine: what it is, what it costs step by step, whether the money is there. */
export function OrderPage() {
  const may = useMay("quote:create");
  const mayPrice = useMay("price:read");
  const suspended = useHome().organisation?.status === "SUSPENDED";
  const withWallet = useMay("wallet:read");
  const { data, error, loading, refetch } = useQuery(OrderOptionsDocument, {
    variables: { withWallet },
    skip: !may || suspended,
  });
  const offers = useQuery(OrderOffersDocument, { skip: !may || suspended || !mayPrice });
  if (!may || suspended) {
    return (
      <>
        <PageHeader title="Order a machine" above={ABOVE} />
        <EmptyState title={suspended ? "Your organisation is suspended" : "You may not put machines together"}>
          {suspended
            ? "Until it is active again you may read and pay, but not order machines."
            : "Ask whoever runs your organisation for the permission to make quotes."}
        </EmptyState>
      </>
    );
  }
  return (
    <>
      <PageHeader title="Order a machine" above={ABOVE} />
      {data?.vmTemplates && (
        <Ordering
          templates={data.vmTemplates}
          offers={offers.data?.organisation?.priceList?.rates ?? NO_OFFERS}
          wallet={data.organisation?.wallet ?? null}
        />
      )}
      {!data?.vmTemplates && loading && <Bones lines={6} height={40} label="the sizes on offer" />}
      {!data?.vmTemplates && !loading && (
        <TroubleNotice error={error} of="The sizes on offer" onRetry={() => refetch()} />
      )}
    </>
  );
}

interface OrderingProps {
  templates: readonly Template[];
  offers: readonly Offer[];
  wallet: { id: string; currency: string } | null;
}

function Ordering({ templates, offers, wallet }: OrderingProps) {
  const { topUp } = useSearch({ from: "/shell/order" });
  const navigate = useNavigate();
  const mayOrder = useMay("order:place");
  const formId = useId();
  const [form, setForm] = useState(() => (topUp ? formBefore(templates) : firstForm(templates)));
  useEffect(() => keepForm(window.sessionStorage, form), [form]);
  const [shown, setShown] = useState<FieldErrors>({});
  const price = useOrderPrice(form);
  const placing = usePlaceOrder({
    onPlaced: (id) => {
      navigate({ to: "/orders/$id", params: { id } }).catch(() => window.location.reload());
    },
    onQuoted: (id) => {
      navigate({ to: "/quotes/$id", params: { id } }).catch(() => window.location.reload());
    },
    onFields: setShown,
    onRefused: () => price.refresh(),
  });

  const change = (next: OrderForm) => {
    setForm(next);
    setShown({});
    placing.forget();
  };
  const send = (step: typeof placing.place) => {
    const problems = problemsOf(form);
    setShown(problems);
    if (Object.keys(problems).length === 0 && price.total) step(form, price.total.minorUnits);
  };
  const canOrder = mayOrder && price.funds?.allowed !== false;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send(canOrder ? placing.place : placing.keep);
  };

  return (
    <div className={classes.columns}>
      <form id={formId} onSubmit={submit} noValidate>
        <MachineFields
          form={form}
          templates={templates}
          offers={offers}
          errors={{ ...price.fields, ...shown }}
          onChange={change}
        />
      </form>
      <div className={classes.aside}>
        {topUp && wallet && <PaymentOutcome topUpId={topUp} wallet={wallet} />}
        <PricePanel
          price={price.breakdown}
          interval={form.interval}
          onInterval={(interval) => change({ ...form, interval })}
          busy={price.busy}
          error={price.error}
        />
        <FundsPanel funds={price.funds} walletId={wallet?.id ?? null} onToppedUp={price.refresh} />
        <ProblemText>{placing.problem ?? price.refusal}</ProblemText>
        <div className={classes.actions}>
          {mayOrder && (
            <Button type="submit" form={formId} loading={placing.busy} disabled={!canOrder} fullWidth>
              {price.total ? `Order for ${price.total.formatted}` : "Order"}
            </Button>
          )}
          <Button variant="default" disabled={placing.busy} fullWidth onClick={() => send(placing.keep)}>
            Keep as a quote
          </Button>
          <p className="small dimmed">A quote keeps this price for some days, to show it around or to order later.</p>
        </div>
      </div>
    </div>
  );
}

const firstForm = ([template]: readonly Template[]): OrderForm =>
  template ? withTemplate(EMPTY_FORM, template) : EMPTY_FORM;

/** What was filled in when the person left for a payment provider. */
function formBefore(templates: readonly Template[]): OrderForm {
  const kept = keptForm(window.sessionStorage);
  if (!kept) return firstForm(templates);
  const isOffered = templates.some(({ id }) => id === kept.templateId);
  return isOffered ? kept : { ...kept, templateId: null };
}

/** The price and the check of the money for what is filled in, once somebody stops typing. */
function useOrderPrice(form: OrderForm) {
  const [settled] = useDebouncedValue(form, TYPING_MS);
  const vm = pricedConfig(settled);
  const { data, previousData, error, loading, refetch } = useQuery(OrderPriceDocument, {
    variables: { estimate: { vm: vm ?? UNPRICED, interval: settled.interval }, check: { vm: vm ?? UNPRICED } },
    skip: vm === null,
    fetchPolicy: "network-only",
  });
  const current: OrderPriceQuery | undefined = vm ? (data ?? previousData) : undefined;
  const { fields, rest } = placeProblems(vm ? fieldProblemsOf(error) : []);
  return {
    breakdown: current?.estimateCost ?? null,
    total: current?.estimateCost?.total ?? null,
    funds: current?.canProvision ?? null,
    busy: loading || settled !== form,
    /** What the server says of the sizes themselves, field by field. */
    fields,
    /** What it says of no field: that something has no price here. */
    refusal: rest[0] ?? null,
    error: vm && !current?.estimateCost && Object.keys(fields).length + rest.length === 0 ? error : undefined,
    refresh: () => {
      refetch().catch(() => undefined); // told by the query's own error
    },
  };
}
