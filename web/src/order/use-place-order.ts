import { useMutation } from "@apollo/client/react";
import type { FieldProblem } from "../api/problems.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { OrderVmDocument } from "../gql/graphql.js";
import { useQuoting } from "../quotes/use-quoting.js";
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

const wantedOf = (form: OrderForm) => ({ vm: configOf(form), interval: form.interval });

/**
 * Quotes and freezes the price, and orders where that is wanted, in one press. Each step has a key of its own, made of the
 * same intent: pressed again after a lost answer it goes on where it was and never orders twice.
 */
export function usePlaceOrder({ onPlaced, onQuoted, onFields, onRefused }: Placing) {
  const quoting = useQuoting();
  const [orderVm] = useMutation(OrderVmDocument);
  const action = useAction();
  const intent = useIntent();

  const words = (message: string, fields: readonly FieldProblem[]): string | null => {
    intent.settle();
    if (fields.length === 0) return message;
    const placed = placeProblems(fields);
    onFields(placed.fields);
    return placed.rest[0] ?? (Object.keys(placed.fields).length > 0 ? null : message);
  };

  async function quote(form: OrderForm, expectedTotal: string): Promise<Quoting> {
    const wanted = wantedOf(form);
    const quoted = await quoting(wanted, expectedTotal, intent.keyFor(wanted));
    if (quoted.outcome === "REFUSED") return { problem: words(quoted.problem, quoted.fields) };
    if (quoted.outcome !== "OTHER_PRICE") return quoted;
    intent.settle();
    onRefused();
    return { problem: `The price is ${quoted.price} now. Nothing was ordered: look at it and order again.` };
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
    const key = intent.keyFor(wantedOf(form));
    const ordered = (await orderVm({ variables: { input: { quoteId, idempotencyKey: `${key}-order` } } })).data
      ?.orderVm;
    if (!ordered) return NO_ANSWER;
    if (ordered.__typename === "Order") {
      intent.settle();
      onPlaced(ordered.id);
      return null;
    }
    onRefused();
    if (ordered.__typename !== "InsufficientFundsProblem") return words(ordered.message, fieldsOf(ordered));
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

function fieldsOf(problem: { __typename: string; fields?: readonly FieldProblem[] }): readonly FieldProblem[] {
  return problem.fields ?? [];
}
