import { useMutation } from "@apollo/client/react";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { IssueQuoteDocument, OrderQuotedItemsDocument, OrderVmDocument, type QuoteState } from "../gql/graphql.js";

interface Accepting {
  onOrdered(orderId: string): void;
  /** The quote or the money is not as the page shows it. */
  onRefused(): void;
}

/**
 * Takes a quote at its word: a draft gets its frozen price first, an open one is ordered. Each step has a key made of the
 * same intent, so that a press after a lost answer never orders twice.
 */
export function useAcceptQuote(
  { id: quoteId, isMachine }: { id: string; isMachine: boolean },
  { onOrdered, onRefused }: Accepting,
) {
  const [issueQuote] = useMutation(IssueQuoteDocument);
  const [orderVm] = useMutation(OrderVmDocument);
  const [orderItems] = useMutation(OrderQuotedItemsDocument);
  const action = useAction();
  const intent = useIntent();

  async function issue(): Promise<string | null> {
    const idempotencyKey = `${intent.keyFor({ quoteId })}-issue`;
    const result = (await issueQuote({ variables: { input: { quoteId, idempotencyKey } } })).data?.issueQuote;
    if (!result) return NO_ANSWER;
    intent.settle();
    onRefused();
    return result.__typename === "Quote" ? null : result.message;
  }

  async function order(): Promise<string | null> {
    const idempotencyKey = `${intent.keyFor({ quoteId })}-order`;
    const variables = { input: { quoteId, idempotencyKey } };
    const result = isMachine
      ? (await orderVm({ variables })).data?.orderVm
      : (await orderItems({ variables })).data?.orderItems;
    if (!result) return NO_ANSWER;
    intent.settle();
    if (result.__typename === "Order") {
      onOrdered(result.id);
      return null;
    }
    onRefused();
    if (result.__typename !== "InsufficientFundsProblem") return result.message;
    return `The wallet is short of ${result.shortfall.formatted}. Nothing was ordered.`;
  }

  return {
    busy: action.busy,
    problem: action.problem,
    accept: (state: QuoteState) => action.run(state === "DRAFT" ? issue : order),
  };
}
