import { useQuery } from "@apollo/client/react";
import { Link, useParams } from "@tanstack/react-router";
import { codeOf } from "../api/problems.js";
import { useFormats, useMay } from "../app/services-context.js";
import { useHome } from "../app/use-home.js";
import { Bones } from "../components/Bones.js";
import { EmptyState } from "../components/EmptyState.js";
import { PageHeader } from "../components/PageHeader.js";
import { Panel } from "../components/Panel.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { useBooksNow } from "../components/use-now.js";
import { QuoteDocument, type QuoteQuery, type QuoteState } from "../gql/graphql.js";
import { FundsPanel } from "../order/FundsPanel.js";
import { LineExplanation } from "../prices/LineExplanation.js";
import { PriceLines } from "../prices/PriceLines.js";
import { PER } from "../prices/price-words.js";
import { DecideQuote } from "./DecideQuote.js";
import { QuotedMachine } from "./QuotedMachine.js";
import { quoteTitle } from "./QuoteEntry.js";
import { QuotePdf } from "./QuotePdf.js";
import { QuoteStateLabel } from "./QuoteStateLabel.js";
import classes from "./Quotes.module.css";
import { remainingWords } from "./quote-words.js";

const ABOVE = { label: "Quotes", to: "/quotes" } as const;
const LOOK_MS = 10_000;

export type QuoteShown = NonNullable<QuoteQuery["quote"]>;

/** One quote: what it is for, how its price came about, and what there is to decide. */
export function QuotePage() {
  const { id } = useParams({ from: "/shell/quotes/$id" });
  const may = useMay("quote:read");
  const [withOrder, withFunds] = [useMay("order:read"), useMay("wallet:read")];
  const [withPrices, withOffers] = [useMay("price:read"), useMay("promotion:read")];
  const withItems = useMay("catalogue:read");
  const { data, error, loading, refetch } = useQuery(QuoteDocument, {
    variables: { id, withOrder, withFunds, withPrices, withOffers, withItems },
    skip: !may,
    fetchPolicy: "cache-and-network",
  });
  const again = () => {
    refetch().catch(() => undefined); // told by the query's own error
  };
  if (data?.quote) return <Shown quote={data.quote} onMoved={again} />;
  return (
    <>
      <PageHeader title="Quote" above={ABOVE} />
      {loading && <Bones lines={6} height={32} label="the quote" />}
      {may && !loading && error && codeOf(error) !== "NOT_FOUND" && (
        <TroubleNotice error={error} of="The quote" onRetry={again} />
      )}
      {!may && <EmptyState title="You may not see quotes">Ask whoever runs your organisation.</EmptyState>}
      {may && !loading && (!error || codeOf(error) === "NOT_FOUND") && (
        <EmptyState title="There is no such quote in your estate.">
          It belongs to another organisation, or the address is mistyped. <Link to="/quotes">All quotes</Link>
        </EmptyState>
      )}
    </>
  );
}

type Line = QuoteShown["price"]["lines"][number];

const explain = ({ explanation }: Line) => explanation && <LineExplanation explanation={explanation} />;

/** As it is at this moment, though the page was read before. */
const stateNow = ({ state, expiresAt }: QuoteShown, now: number): QuoteState =>
  state === "ISSUED" && expiresAt && remainingWords(expiresAt, now) === null ? "EXPIRED" : state;

function Shown({ quote, onMoved }: { quote: QuoteShown; onMoved(): void }) {
  const home = useHome();
  const state = stateNow(quote, useBooksNow(LOOK_MS, quote.expiresAt));
  const isOwn = home.organisation?.id === quote.organisation?.id;
  const isOpen = state === "ISSUED" || state === "DRAFT";
  return (
    <>
      <PageHeader
        title={quoteTitle(quote)}
        above={ABOVE}
        aside={
          <>
            <span className="dimmed">Quote {quote.number}</span>
            <QuoteStateLabel state={state} />
          </>
        }
      />
      <div className={classes.columns}>
        <div>
          <Standing quote={quote} state={state} />
          <Panel title="Price" aside={<QuotePdf quoteId={quote.id} />}>
            <PriceLines price={quote.price} per={quote.vm ? PER[quote.interval] : ""} explain={explain} />
          </Panel>
          {quote.vm && <QuotedMachine vm={quote.vm} />}
          <About quote={quote} />
        </div>
        <div className={classes.aside}>
          {isOpen && (
            <>
              <FundsPanel
                funds={quote.funds ?? null}
                walletId={isOwn ? (home.wallet?.id ?? null) : null}
                onToppedUp={onMoved}
              />
              <DecideQuote quote={quote} state={state} onMoved={onMoved} />
            </>
          )}
        </div>
      </div>
    </>
  );
}

/** Where the quote stands, in a sentence. */
function Standing({ quote, state }: { quote: QuoteShown; state: QuoteState }) {
  const formats = useFormats();
  const now = useBooksNow(LOOK_MS);
  const expires = formats.dateTime(quote.expiresAt);
  return (
    <p role="status" className={classes.note}>
      {state === "DRAFT" && "A draft: its price follows the price list until the quote is issued."}
      {state === "ISSUED" &&
        quote.expiresAt &&
        `The price is good for ${remainingWords(quote.expiresAt, now)} more, until ${expires}, whatever price lists do.`}
      {state === "EXPIRED" && `The price was good until ${expires}. `}
      {state === "EXPIRED" && <Link to={quote.vm ? "/order" : "/catalogue"}>Make a new quote</Link>}
      {state === "REJECTED" &&
        (quote.rejectionReason ? `Rejected: ${quote.rejectionReason}` : "Rejected, without a reason.")}
      {state === "ACCEPTED" && "Accepted by ordering. "}
      {state === "ACCEPTED" && quote.order && (
        <Link to="/orders/$id" params={{ id: quote.order.id }}>
          Order {quote.order.number}
        </Link>
      )}
    </p>
  );
}

function About({ quote }: { quote: QuoteShown }) {
  const formats = useFormats();
  return (
    <Panel title="About this quote">
      <dl className={classes.facts}>
        {quote.organisation && (
          <>
            <dt>For</dt>
            <dd>
              <Link to="/quotes" search={{ organisation: quote.organisation.id }}>
                {quote.organisation.name}
              </Link>
            </dd>
          </>
        )}
        <dt>Made</dt>
        <dd>
          {formats.dateTime(quote.createdAt)}
          {quote.createdBy && ` by ${quote.createdBy.displayName}`}
        </dd>
        {quote.expiresAt && (
          <>
            <dt>Price good until</dt>
            <dd>{formats.dateTime(quote.expiresAt)}</dd>
          </>
        )}
      </dl>
    </Panel>
  );
}
