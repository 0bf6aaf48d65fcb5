import { useMutation } from "@apollo/client/react";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { CreateQuoteDocument, IssueQuoteDocument, OrderVmDocument } from "../gql/graphql.js";
import { configOf, type FieldErrors, type OrderForm, placeProblems } from "./order-form.js";

interface Placing {
  onPlaced(orderId: string): void;
  onQuoted(quoteId: string): void;
  onFields(errors: FieldErrors): void;
  /** Something is not as the page shows it: the price or the money. */
  onRefused(): void;
}

/** A quote with its price frozen, or why there is none. */
type Quoting = { quoteId: string } | { problem: string | null };

/**
 * Quotes and freezes the price, and orders where that is wanted, in one press. Each step has a key of its own, made of the
 * same intent: pressed again after a lost answer it goes on where it was and never orders twice.
 */
export function usePlaceOrder({ onPlaced, onQuoted, onFields, onRefused }: Placing) {
  const [createQuote] = useMutation(CreateQuoteDocument);
  const [issueQuote] = useMutation(IssueQuoteDocument);
  const [orderVm] = useMutation(OrderVmDocument);
  const action = useAction();
  const intent = useIntent();

  const words = (problem: { __typename: string; message: string }, fields?: Fields): string | null => {
    intent.settle();
    if (!fields) return problem.message;
    const placed = placeProblems(fields);
    onFields(placed.fields);
    return placed.rest[0] ?? (Object.keys(placed.fields).length > 0 ? null : problem.message);
  };

  async function quote(form: OrderForm, expectedTotal: string): Promise<Quoting> {
    const wanted = { vm: configOf(form), interval: form.interval };
    const key = intent.keyFor(wanted);
    const drafted = (await createQuote({ variables: { input: { ...wanted, idempotencyKey: `${key}-quote` } } })).data
      ?.createQuote;
    if (!drafted) return { problem: NO_ANSWER };
    if (drafted.__typename !== "Quote") return { problem: words(drafted, fieldsOf(drafted)) };
    if (drafted.price.total.minorUnits !== expectedTotal) {
      intent.settle();
      onRefused();
      const price = drafted.price.total.formatted;
      return { problem: `The price is ${price} now. Nothing was ordered: look at it and order again.` };
    }
    const issued = (await issueQuote({ variables: { input: { quoteId: drafted.id, idempotencyKey: `${key}-issue` } } }))
      .data?.issueQuote;
    if (!issued) return { problem: NO_ANSWER };
    if (issued.__typename !== "Quote") return { problem: words(issued, fieldsOf(issued)) };
    return { quoteId: issued.id };
  }

  async function keep(form: OrderForm, expectedTotal: string): Promise<string | null> {
    const quoted = await quote(form, expectedTotal);
    if ("problem" in quoted) return quoted.problem;
    intent.settle();
    onQuoted(quoted.quoteId);
    return null;
  }

  async function place(form: OrderForm, expectedTotal: string): Promise<string | null> {
    const quoted = await quote(form, expectedTotal);
    if ("problem" in quoted) return quoted.problem;
    const { quoteId } = quoted;
    const key = intent.keyFor({ vm: configOf(form), interval: form.interval });
    const ordered = (await orderVm({ variables: { input: { quoteId, idempotencyKey: `${key}-order` } } })).data
      ?.orderVm;
    if (!ordered) return NO_ANSWER;
    if (ordered.__typename === "Order") {
      intent.settle();
      onPlaced(ordered.id);
      return null;
    }
    onRefused();
    if (ordered.__typename !== "InsufficientFundsProblem") return words(ordered, fieldsOf(ordered));
    intent.settle();
    return `The wallet is short of ${ordered.shortfall.formatted}. Nothing was ordered.`;
  }

  return {
    busy: action.busy,
    problem: action.problem,
    forget: action.forget,
    place: (form: OrderForm, expectedTotal: string) => action.run(() => place(form, expectedTotal)),
    /** The quote alone: its price is kept for some days. */
    keep: (form: OrderForm, expectedTotal: string) => action.run(() => keep(form, expectedTotal)),
  };
}

type Fields = readonly { path: string[]; message: string }[];

function fieldsOf(problem: { __typename: string; fields?: Fields }): Fields | undefined {
  return problem.fields;
}
