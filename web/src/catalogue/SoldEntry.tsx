import { Button } from "@mantine/core";
import { IconCircleCheck, IconCircleOff } from "@tabler/icons-react";
import { useFormats } from "../app/services-context.js";
import entries from "../components/Entries.module.css";
import classes from "./Catalogue.module.css";
import { priceWords } from "./catalogue-words.js";
import type { SoldItem } from "./SellingPage.js";

interface SoldEntryProps {
  item: SoldItem;
  onAsk(what: "edit" | "retire"): void;
}

/** One thing that one sells, and what it has brought. */
export function SoldEntry({ item, onAsk }: SoldEntryProps) {
  const { name, category, price, interval, state, version } = item;
  const isOnSale = state === "ACTIVE";
  const Icon = isOnSale ? IconCircleCheck : IconCircleOff;
  return (
    <li className={entries.entry}>
      <div className={entries.about}>
        <h2 className={entries.name}>{name}</h2>
        <p className={classes.head}>
          <span className={`${classes.state} ${isOnSale ? classes.good : classes.quiet}`}>
            <Icon size={14} stroke={2} aria-hidden />
            {isOnSale ? "On sale" : "Retired"}
          </span>
          <span className={classes.price}>{priceWords(price.formatted, interval)}, before tax</span>
          {category && <span className="dimmed">{category}</span>}
          {version > 1 && <span className="dimmed">Price number {version}</span>}
        </p>
        <Statistics item={item} />
      </div>
      {isOnSale && (
        <div className={entries.buttons}>
          <Button size="xs" variant="default" onClick={() => onAsk("edit")} aria-label={`Change ${name}`}>
            Change
          </Button>
          <Button size="xs" variant="default" onClick={() => onAsk("retire")} aria-label={`Retire ${name}`}>
            Retire
          </Button>
        </div>
      )}
    </li>
  );
}

function Statistics({ item: { kind, statistics } }: { item: SoldItem }) {
  const formats = useFormats();
  if (!statistics) return null;
  const { subscribers, orders, revenue } = statistics;
  const [count, one, many] =
    kind === "SERVICE" ? [subscribers, "subscription", "subscriptions"] : [orders, "order", "orders"];
  return (
    <p className="small dimmed">
      {formats.number(count)} {count === 1 ? one : many}, {revenue.formatted} so far
    </p>
  );
}
