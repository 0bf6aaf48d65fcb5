import "@mantine/core/styles/SegmentedControl.css";
import "@mantine/core/styles/FloatingIndicator.css";
import { SegmentedControl } from "@mantine/core";
import { Bones } from "../components/Bones.js";
import { Panel } from "../components/Panel.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import type { BillingInterval, PriceFragment } from "../gql/graphql.js";
import { PriceLines } from "../prices/PriceLines.js";
import { PER } from "../prices/price-words.js";
import classes from "./Order.module.css";

const INTERVALS: { value: BillingInterval; label: string }[] = [
  { value: "HOURLY", label: "Hour" },
  { value: "MONTHLY", label: "Month" },
  { value: "ANNUAL", label: "Year" },
];

interface PricePanelProps {
  price: PriceFragment | null;
  interval: BillingInterval;
  onInterval(interval: BillingInterval): void;
  busy: boolean;
  error: unknown;
}

/** The price of what is chosen, as it builds up with each choice. */
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
          <PriceLines price={price} per={PER[interval]} />
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
