import { Link } from "@tanstack/react-router";
import { useFormats, useMay } from "../app/services-context.js";
import { Panel } from "../components/Panel.js";
import type { BillingNowQuery } from "../gql/graphql.js";
import classes from "./Billing.module.css";
import { monthName } from "./period-words.js";

type Spend = NonNullable<NonNullable<BillingNowQuery["organisation"]>["spend"]>;

interface PastBillsProps {
  spend: Spend;
  onChoose(period: { from: string; to: string }): void;
}

/** What each month before this one came to, the newest first. */
export function PastBills({ spend, onChoose }: PastBillsProps) {
  const { locale } = useFormats();
  const mayReadInvoices = useMay("invoice:read");
  const { pastBills, from } = spend;
  const months = pastBills
    .map(({ at, amount }, nth) => ({ at, amount, end: pastBills[nth + 1]?.at ?? from }))
    .reverse();
  return (
    <Panel title="Months before" aside={mayReadInvoices && <Link to="/billing/invoices">Invoices</Link>}>
      {months.length === 0 && <p className="dimmed">This is the first month in which something is charged.</p>}
      {months.length > 0 && (
        <ul className={classes.bills}>
          {months.map(({ at, end, amount }) => (
            <li key={at}>
              <button type="button" className={classes.bill} onClick={() => onChoose({ from: at, to: end })}>
                {monthName(at, locale)}
              </button>
              <span className="numeric">{amount.formatted}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
