import { Link } from "@tanstack/react-router";
import { useFormats } from "../app/services-context.js";
import { MachineOwner } from "../components/MachineOwner.js";
import { useBooksNow } from "../components/use-now.js";
import type { QuoteSummaryFragment } from "../gql/graphql.js";
import { PER } from "../prices/price-words.js";
import { QuoteStateLabel } from "./QuoteStateLabel.js";
import classes from "./Quotes.module.css";
import { remainingWords } from "./quote-words.js";

const MINUTE = 60_000;

/** One quote of a list: for what, for how much, and for how much longer. */
export function QuoteEntry({ quote }: { quote: QuoteSummaryFragment }) {
  const formats = useFormats();
  const now = useBooksNow(MINUTE);
  const left = quote.state === "ISSUED" && quote.expiresAt ? remainingWords(quote.expiresAt, now) : null;
  return (
    <li className={classes.entry}>
      <div className={classes.what}>
        <Link to="/quotes/$id" params={{ id: quote.id }} className={classes.name}>
          {quoteTitle(quote)}
        </Link>
        <MachineOwner organisation={quote.organisation} />
        <p className="small dimmed">
          <span className="mono">{quote.number}</span> ·{" "}
          <time dateTime={quote.createdAt}>{formats.dateTime(quote.createdAt)}</time>
        </p>
      </div>
      <div>
        <QuoteStateLabel state={quote.state} />
        {left && <p className="small dimmed">Good for {left} more</p>}
      </div>
      <div className="numeric">
        <p>{quote.price.total.formatted}</p>
        {quote.vm && <p className="small dimmed">{PER[quote.interval]}</p>}
      </div>
    </li>
  );
}

/** What a quote is for, in one line. */
export const quoteTitle = ({ vm, items, number }: Pick<QuoteSummaryFragment, "vm" | "items" | "number">): string => {
  if (vm) return `${vm.name}, ${vm.vcpus} vCPU and ${vm.memoryGb} GB`;
  const [first, ...others] = items;
  if (!first?.item) return number;
  return others.length === 0
    ? `${first.quantity} × ${first.item.name}`
    : `${first.item.name} and ${others.length} more`;
};
