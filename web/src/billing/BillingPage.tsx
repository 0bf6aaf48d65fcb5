import "@mantine/core/styles/Input.css";
import { useQuery } from "@apollo/client/react";
import { NativeSelect } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useFormats, useMay } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { EmptyState } from "../components/EmptyState.js";
import { PageHeader } from "../components/PageHeader.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { BillingNowDocument, type BillingNowQuery } from "../gql/graphql.js";
import classes from "./Billing.module.css";
import { Breakdown } from "./Breakdown.js";
import { periodOf } from "./billing-search.js";
import { ChargesDownload } from "./ChargesDownload.js";
import { EstateSpend } from "./EstateSpend.js";
import { PastBills } from "./PastBills.js";
import { type PeriodChoice, periodChoices } from "./period-words.js";
import { Ranks } from "./Ranks.js";
import { SpendOfPeriod } from "./SpendOfPeriod.js";

type Organisation = NonNullable<BillingNowQuery["organisation"]>;

/** What the organisation is charged: now, before, for what, and who of the estate with it. */
export function BillingPage() {
  const may = useMay("usage:read");
  const { data, error, loading, refetch } = useQuery(BillingNowDocument, { skip: !may });
  const organisation = data?.organisation;
  const spend = organisation?.spend;
  return (
    <>
      {organisation && spend ? (
        <Billing organisation={organisation} spend={spend} />
      ) : (
        <>
          <PageHeader title="Billing" />
          {!may && (
            <EmptyState title="You may not see what is charged">
              Ask whoever runs your organisation for the permission to read usage.
            </EmptyState>
          )}
          {loading && <Bones lines={8} height={32} label="the figures" />}
          {!loading && error && <TroubleNotice error={error} of="The figures" onRetry={() => refetch()} />}
          {may && !loading && !error && (
            <EmptyState title="This organisation has no wallet">
              What machines and services cost is shown here as soon as there is one to pay them from.
            </EmptyState>
          )}
        </>
      )}
    </>
  );
}

interface BillingProps {
  organisation: Organisation;
  spend: NonNullable<Organisation["spend"]>;
}

function Billing({ organisation, spend }: BillingProps) {
  const search = useSearch({ from: "/shell/billing" });
  const navigate = useNavigate({ from: "/billing" });
  const formats = useFormats();
  const mayReadWallet = useMay("wallet:read");
  const mayRank = useMay("vm:read") && mayReadWallet;
  const period = periodOf(search);
  const choices = periodChoices(spend, formats);
  const choose = ({ from, to }: Pick<PeriodChoice, "from" | "to">) => {
    const { by } = search;
    navigate({ search: { ...(from && to && { from, to }), ...(by && { by }) }, resetScroll: false }).catch(
      () => undefined,
    );
  };
  const value = period ? `${period.from} ${period.to}` : "";
  const custom = choices.some((choice) => choice.value === value)
    ? []
    : [{ value, label: `${formats.dateTime(period?.from)} – ${formats.dateTime(period?.to)}` }];
  const shown = period ?? { from: spend.from, to: spend.to };
  return (
    <>
      <PageHeader
        title="Billing"
        aside={
          <NativeSelect
            size="xs"
            aria-label="Which time"
            value={value}
            onChange={(event) => {
              const chosen = choices.find((choice) => choice.value === event.currentTarget.value);
              if (chosen) choose(chosen);
            }}
            data={[...choices, ...custom].map(({ value: choice, label }) => ({ value: choice, label }))}
          />
        }
        action={mayReadWallet && <ChargesDownload period={shown} />}
      />
      <SpendOfPeriod period={period} />
      <div className={classes.columns}>
        <Breakdown period={period} by={search.by ?? "VM"} />
        <PastBills spend={spend} onChoose={choose} />
      </div>
      {mayRank && <Ranks />}
      {organisation.kind !== "CUSTOMER" && <EstateSpend period={shown} currency={spend.total.currency} />}
    </>
  );
}
