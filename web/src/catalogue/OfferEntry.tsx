import { Button } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useMay } from "../app/services-context.js";
import { useHomeId } from "../app/use-home.js";
import entries from "../components/Entries.module.css";
import type { ItemFieldsFragment } from "../gql/graphql.js";
import classes from "./Catalogue.module.css";
import { priceWords } from "./catalogue-words.js";

interface OfferEntryProps {
  item: ItemFieldsFragment;
  /** Whether it is to be quoted. */
  chosen: boolean;
  onBuy(): void;
  /** Into the quote, or out of it again. */
  onChoose(): void;
}

/** One thing that is on offer. What one sells oneself is there to be seen, not to be bought. */
export function OfferEntry({ item, chosen, onBuy, onChoose }: OfferEntryProps) {
  const home = useHomeId();
  const [maySubscribe, mayOrder] = [useMay("serviceSubscription:manage"), useMay("order:place")];
  const mayQuote = useMay("quote:create");
  const { name, kind, category, description, price, interval, organisation } = item;
  const isOwn = organisation?.id === home;
  const may = kind === "SERVICE" ? maySubscribe : mayOrder;
  // A service is subscribed to; only what is bought once can be quoted.
  const quotable = mayQuote && kind === "PRODUCT";
  const verb = kind === "SERVICE" ? "Subscribe" : "Order";
  return (
    <li className={entries.entry}>
      <div className={entries.about}>
        <h2 className={entries.name}>{name}</h2>
        <p className={classes.head}>
          <span className={classes.price}>{priceWords(price.formatted, interval)}, before tax</span>
          {category && <span className="dimmed">{category}</span>}
          {isOwn && <span className="dimmed">Sold by you</span>}
        </p>
        {description && <p className={`${classes.words} dimmed`}>{description}</p>}
      </div>
      {(may || quotable) && !isOwn && (
        <div className={entries.buttons}>
          {quotable && (
            <Button
              size="xs"
              variant={chosen ? "light" : "default"}
              leftSection={chosen && <IconCheck size={14} stroke={2} aria-hidden />}
              aria-pressed={chosen}
              aria-label={`Quote: ${name}`}
              onClick={onChoose}
            >
              Quote
            </Button>
          )}
          {may && (
            <Button size="xs" variant="default" onClick={onBuy} aria-label={`${verb}: ${name}`}>
              {verb}
            </Button>
          )}
        </div>
      )}
    </li>
  );
}
