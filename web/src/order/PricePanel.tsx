import "@mantine/core/styles/SegmentedControl.css";
import "@mantine/core/styles/FloatingIndicator.css";
import { SegmentedControl } from "@mantine/core";
import { Bones } from "../components/Bones.js";
import { Panel } from "../components/Panel.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import type { BillingInterval, PriceFragment } from "../gql/graphql.js";
import classes from "./Order.module.css";

const INTERVALS: { value: BillingInterval; label: string }[] = [
  { value: "HOURLY", label: "Hour" },
  { value: "MONTHLY", label: "Month" },
  { value: "ANNUAL", label: "Year" },
];
const PER: Record<BillingInterval, string> = { HOURLY: "an hour", MONTHLY: "a month", ANNUAL: "a year" };

interface PricePanelProps {
  price: PriceFragment | null;
  interval: BillingInterval;
  onInterval(interval: BillingInterval): void;
  busy: boolean;
  error: unknown;
}

/** The price as it builds up, line by line in the order of the calculation. */
export function PricePanel({ price, interval, onInterval, busy, error }: PricePanelProps) {
  return (
    <Panel
      title="Price"
      aside={
        <SegmentedControl
          size="xs"
          aria-label="Price for"
          value={interval}
          onChange={(value) => onInterval(INTERVALS.find((entry) => entry.value === value)?.value ?? interval)}
          data={INTERVALS}
        />
      }
    >
      {price && (
        <div aria-live="polite" aria-busy={busy} className={busy ? classes.stale : undefined}>
          <table className={classes.price}>
            <caption className="visually-hidden">How the price builds up</caption>
            <tbody>
              {price.lines.map(({ kind, description, quantity, unit, unitPrice, amount }) => (
                <tr key={`${kind} ${description}`}>
                  <th scope="row">
                    {description}
                    {quantity && (
                      <span className="small dimmed">
                        {" "}
                        {quantity}
                        {unit && ` ${unit}`}
                        {unitPrice && ` × ${unitPrice.formatted}`}
                      </span>
                    )}
                  </th>
                  <td className="numeric">{amount.formatted}</td>
                </tr>
              ))}
            </tbody>
            <tfoot>
              {price.tax.minorUnits !== "0" && (
                <>
                  <tr>
                    <th scope="row">Before tax</th>
                    <td className="numeric">{price.subtotal.formatted}</td>
                  </tr>
                  <tr>
                    <th scope="row">Tax</th>
                    <td className="numeric">{price.tax.formatted}</td>
                  </tr>
                </>
              )}
              <tr className={classes.total}>
                <th scope="row">Total {PER[interval]}</th>
                <td className="numeric">{price.total.formatted}</td>
              </tr>
            </tfoot>
          </table>
          {price.perHour && interval !== "HOURLY" && (
            <p className="small dimmed">
              Charged by the hour for as long as the machine exists: {price.perHour.formatted}, rounded.
            </p>
          )}
        </div>
      )}
      {!price && error !== undefined && <TroubleNotice error={error} of="The price" />}
      {!price && error === undefined && busy && <Bones lines={4} label="the price" />}
      {!price && error === undefined && !busy && (
        <p className="dimmed">The price shows as soon as the sizes are right.</p>
      )}
    </Panel>
  );
}
