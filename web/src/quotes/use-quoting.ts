import { useMutation } from "@apollo/client/react";
import type { FieldProblem } from "../api/problems.js";
import { NO_ANSWER } from "../components/use-action.js";
import { CreateQuoteDocument, type CreateQuoteInput, IssueQuoteDocument } from "../gql/graphql.js";

/** What a quote is wanted for: a machine, or items. */
export type WantedQuote = Omit<CreateQuoteInput, "idempotencyKey">;

/** What became of it. */
export type Quoted =
  | { outcome: "QUOTED"; quoteId: string }
  /** Nobody knows; asked again with the same key it goes on where it was. */
  | { outcome: "UNKNOWN"; problem: string }
  /** The price is another one than the person saw; nothing is frozen. */
  | { outcome: "OTHER_PRICE"; price: string }
  | { outcome: "REFUSED"; problem: string; fields: readonly FieldProblem[] };

const UNKNOWN: Quoted = { outcome: "UNKNOWN", problem: NO_ANSWER };

const refused = ({ message, fields }: { message: string; fields?: readonly FieldProblem[] }): Quoted => ({
  outcome: "REFUSED",
  problem: message,
  fields: fields ?? [],
});

/** Drafts a quote and freezes its price, if that is still the one that was shown. Each step has a key of its own. */
export function useQuoting(): (wanted: WantedQuote, expectedTotal: string, key: string) => Promise<Quoted> {
  const [createQuote] = useMutation(CreateQuoteDocument);
  const [issueQuote] = useMutation(IssueQuoteDocument);
  return async (wanted, expectedTotal, key) => {
    const input = { ...wanted, idempotencyKey: `${key}-quote` };
    const drafted = (await createQuote({ variables: { input } })).data?.createQuote;
    if (!drafted) return UNKNOWN;
    if (drafted.__typename !== "Quote") return refused(drafted);
    const { id, price } = drafted;
    if (price.total.minorUnits !== expectedTotal) return { outcome: "OTHER_PRICE", price: price.total.formatted };
    const issue = { quoteId: id, idempotencyKey: `${key}-issue` };
    const issued = (await issueQuote({ variables: { input: issue } })).data?.issueQuote;
    if (!issued) return UNKNOWN;
    return issued.__typename === "Quote" ? { outcome: "QUOTED", quoteId: issued.id } : refused(issued);
  };
}
