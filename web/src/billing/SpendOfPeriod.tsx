import { useQuery } from "@apollo/client/react";
import { useFormats } from "../app/services-context.js";
import { AmountChart } from "../charts/AmountChart.js";
import { Bones } from "../components/Bones.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { ABSENT } from "../format/formats.js";
import { BillingPeriodDocument, type SpendStep } from "../gql/graphql.js";
import classes from "./Billing.module.css";
import { stepFor } from "./billing-search.js";
import { monthName, noonOf } from "./period-words.js";

const SHAPES: Record<SpendStep, string> = { HOUR: "hour", DAY: "day", MONTH: "month" };

/** What a time cost: so far and in the end, beside the time before it, and how it came together. */
export function SpendOfPeriod({ period }: { period: { from: string; to: string } | null }) {
  const formats = useFormats();
  const step = stepFor(period);
  const { data, previousData, error, refetch } = useQuery(BillingPeriodDocument, { variables: { period, step } });
  const spend = (data ?? previousData)?.organisation?.spend;
  if (!spend) {
    return error ? (
      <TroubleNotice error={error} of="What was charged" onRetry={() => refetch()} />
    ) : (
      <Bones lines={6} height={32} label="what was charged" />
    );
  }
  const nameOf = (at: string) => {
    if (step === "MONTH") return monthName(at, formats.locale);
    return step === "DAY" ? formats.day(noonOf(at)) : formats.dateTime(at);
  };
  return (
    <>
      <section aria-label="Spend" className={classes.figures}>
        <div>
          <p className="small dimmed">{spend.projected ? "Spent so far" : "Spent"}</p>
          <p className={classes.amount}>{spend.total.formatted}</p>
          <p className="small">Use, orders and services, with tax</p>
        </div>
        <dl className={classes.facts}>
          <dt>From</dt>
          <dd>{formats.dateTime(spend.from)}</dd>
          <dt>To</dt>
          <dd>{formats.dateTime(spend.to)}</dd>
          <dt>The time before</dt>
          <dd>{spend.previous.formatted}</dd>
        </dl>
        <dl className={classes.facts}>
          <dt>By its end, at the present rate</dt>
          <dd>{spend.projected?.formatted ?? ABSENT}</dd>
          <dt>The wallet lasts</dt>
          <dd>{daysWords(spend.runwayDays)}</dd>
        </dl>
      </section>
      <AmountChart title={`Spend by ${SHAPES[step]}`} points={spend.trend} period={spend} nameOf={nameOf} />
    </>
  );
}

function daysWords(days: number | null | undefined): string {
  if (days === null || days === undefined) return "Nothing is being used";
  if (days === 0) return "Less than a day";
  return days === 1 ? "1 day" : `${days} days`;
}
