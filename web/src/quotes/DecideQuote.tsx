import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "../app/services-context.js";
import { Dialog } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import type { QuoteState } from "../gql/graphql.js";
import type { QuoteShown } from "./QuotePage.js";
import classes from "./Quotes.module.css";
import { RejectQuote } from "./RejectQuote.js";
import { useAcceptQuote } from "./use-accept-quote.js";

interface DecideQuoteProps {
  quote: QuoteShown;
  state: QuoteState;
  onMoved(): void;
}

/** Order at the quoted price, or reject it; a draft is issued first. */
export function DecideQuote({ quote, state, onMoved }: DecideQuoteProps) {
  const navigate = useNavigate();
  const [mayOrder, mayQuote] = [useMay("order:place"), useMay("quote:create")];
  const [rejecting, setRejecting] = useState(false);
  const accepting = useAcceptQuote(
    { id: quote.id, isMachine: Boolean(quote.vm) },
    {
      onOrdered: (id) => {
        navigate({ to: "/orders/$id", params: { id } }).catch(() => window.location.reload());
      },
      onRefused: onMoved,
    },
  );
  const isDraft = state === "DRAFT";
  const mayGoOn = isDraft ? mayQuote : mayOrder;
  return (
    <div className={classes.decide}>
      <ProblemText>{accepting.problem}</ProblemText>
      {mayGoOn && (
        <Button
          fullWidth
          loading={accepting.busy}
          disabled={!isDraft && quote.funds?.allowed === false}
          onClick={() => accepting.accept(state)}
        >
          {isDraft ? "Issue: freeze the price" : `Order for ${quote.price.total.formatted}`}
        </Button>
      )}
      {mayOrder && (
        <Button fullWidth variant="default" disabled={accepting.busy} onClick={() => setRejecting(true)}>
          Reject
        </Button>
      )}
      {!mayOrder && <p className="dimmed">Whoever may place orders in your organisation can accept it.</p>}
      <Dialog title={`Reject quote ${quote.number}`} open={rejecting} onClose={() => setRejecting(false)}>
        <RejectQuote
          quoteId={quote.id}
          onCancel={() => setRejecting(false)}
          onDone={() => {
            setRejecting(false);
            onMoved();
          }}
        />
      </Dialog>
    </div>
  );
}
