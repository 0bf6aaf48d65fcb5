import "@mantine/core/styles/Input.css";
import { useQuery } from "@apollo/client/react";
import { Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { type FieldProblem, fieldProblemsOf } from "../api/problems.js";
import { Bones } from "../components/Bones.js";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { ItemPriceDocument } from "../gql/graphql.js";
import { PriceLines } from "../prices/PriceLines.js";
import { useQuoting } from "../quotes/use-quoting.js";
import classes from "./Catalogue.module.css";
import { readQuantity } from "./catalogue-words.js";
import { type Chosen, linesOf, placed, retyped, toggled } from "./chosen.js";

const TYPING_MS = 300;
const NO_PROBLEMS: readonly FieldProblem[] = [];

interface QuoteItemsProps {
  chosen: readonly Chosen[];
  onChange(chosen: readonly Chosen[]): void;
  onClose(): void;
}

/** How many of each chosen product, what they come to step by step, and the quote that keeps the price. */
export function QuoteItems({ chosen, onChange, onClose }: QuoteItemsProps) {
  const price = usePriceOf(chosen);
  const keeping = useKeeping(price.refresh);
  const problems = placed(chosen, keeping.fields.length > 0 ? keeping.fields : price.fields);
  const lines = linesOf(chosen);
  const total = price.shown?.total.minorUnits;
  const change = (next: readonly Chosen[]) => {
    keeping.forget();
    onChange(next);
  };
  return (
    <form
      noValidate
      className={classes.form}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        if (lines && total !== undefined && !price.busy) keeping.keep(lines, total);
      }}
    >
      <ul className={classes.chosen}>
        {chosen.map(({ item, typed }) => (
          <li key={item.id} className={classes.chosenEntry}>
            <TextInput
              className={classes.chosenField}
              label={item.name}
              description={`How many, at ${item.price.formatted} each before tax`}
              inputMode="numeric"
              autoComplete="off"
              value={typed}
              onChange={(event) => change(retyped(chosen, item.id, event.currentTarget.value))}
              error={readQuantity(typed) === null ? "Take 1 to 1,000 of it." : problems.byItem.get(item.id)}
            />
            <Button
              size="xs"
              variant="default"
              aria-label={`Take out: ${item.name}`}
              onClick={() => change(toggled(chosen, item))}
            >
              Take out
            </Button>
          </li>
        ))}
      </ul>
      {price.shown && (
        <div aria-live="polite" aria-busy={price.busy} className={price.busy ? classes.stale : undefined}>
          <PriceLines price={price.shown} per="" />
        </div>
      )}
      {!price.shown && price.busy && <Bones lines={3} label="the price" />}
      {price.error && <TroubleNotice error={price.error} of="The price" onRetry={price.refresh} />}
      <p className="small dimmed">
        A quote keeps this price for some days, to show it around or to order later. Nothing is paid now.
      </p>
      <ProblemText>{keeping.problem ?? problems.rest}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onClose}>
          Choose more
        </Button>
        <Button
          type="submit"
          loading={keeping.busy}
          disabled={lines === null || total === undefined || price.busy || problems.byItem.size > 0}
        >
          Keep as a quote
        </Button>
      </DialogButtons>
    </form>
  );
}

/** What they come to, once somebody stops typing. */
function usePriceOf(chosen: readonly Chosen[]) {
  const [settled] = useDebouncedValue(chosen, TYPING_MS);
  const lines = linesOf(settled);
  const { data, previousData, error, loading, refetch } = useQuery(ItemPriceDocument, {
    variables: { input: { items: lines ?? [] } },
    skip: lines === null,
    fetchPolicy: "network-only",
  });
  const fields = fieldProblemsOf(error);
  return {
    shown: lines && !error ? (data ?? previousData)?.priceItems : undefined,
    busy: loading || settled !== chosen,
    /** What the server says of single ones of them. */
    fields,
    error: fields.length === 0 ? error : undefined,
    refresh: () => {
      refetch().catch(() => undefined); // told by the query's own error
    },
  };
}

/** Makes the quote and goes to it. */
function useKeeping(onOtherPrice: () => void) {
  const navigate = useNavigate();
  const quoting = useQuoting();
  const intent = useIntent();
  const action = useAction();
  const [fields, setFields] = useState(NO_PROBLEMS);
  const keep = async (items: { itemId: string; quantity: number }[], expectedTotal: string): Promise<string | null> => {
    // What is bought once has no interval of its own.
    const wanted = { items, interval: "MONTHLY" as const };
    const quoted = await quoting(wanted, expectedTotal, intent.keyFor(wanted));
    if (quoted.outcome === "UNKNOWN") return quoted.problem;
    intent.settle();
    if (quoted.outcome === "REFUSED") {
      setFields(quoted.fields);
      return quoted.fields.length > 0 ? null : quoted.problem;
    }
    if (quoted.outcome === "OTHER_PRICE") {
      onOtherPrice();
      return `The price is ${quoted.price} now. Nothing was kept: look at it and keep it again.`;
    }
    navigate({ to: "/quotes/$id", params: { id: quoted.quoteId } }).catch(() => window.location.reload());
    return null;
  };
  return {
    busy: action.busy,
    problem: action.problem,
    fields,
    forget: () => {
      action.forget();
      setFields(NO_PROBLEMS);
    },
    keep: (items: { itemId: string; quantity: number }[], expectedTotal: string) =>
      action.run(() => keep(items, expectedTotal)),
  };
}
