import { useApolloClient, useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useState } from "react";
import { useFormats } from "../app/services-context.js";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { type PriceListWholeFragment, PricesOfDocument, PublishPriceListDocument } from "../gql/graphql.js";
import { AT_ONCE, type Begin, BeginField, beginOf } from "./BeginField.js";
import { useMoment } from "./use-moment.js";

/** Puts a draft into force from a moment on; from then on it does not change any more. */
export function PublishList({ list, onDone }: { list: PriceListWholeFragment; onDone(): void }) {
  const client = useApolloClient();
  const { timeZone } = useFormats();
  const [publish] = useMutation(PublishPriceListDocument);
  const [begin, setBegin] = useState<Begin>(AT_ONCE);
  const moment = useMoment();
  const [refused, setRefused] = useState<string | undefined>(undefined);
  const action = useAction();
  const intent = useIntent();
  const go = async () => {
    const effectiveFrom = beginOf(begin, moment.now(), timeZone);
    if (effectiveFrom === null) {
      setRefused("Choose a day.");
      moment.settle();
      return null;
    }
    const input = { priceListId: list.id, effectiveFrom };
    const answer = await publish({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.publishPriceList;
    if (!result) return NO_ANSWER;
    intent.settle();
    moment.settle();
    if (result.__typename === "PriceList") {
      onDone();
      // What counts for others follows from it.
      client.cache.evict({ fieldName: "priceLists" });
      await client.refetchQueries({ include: [PricesOfDocument] });
      return null;
    }
    if (result.__typename !== "InvalidInputProblem") return result.message;
    setRefused(result.fields[0]?.message ?? result.message);
    return null;
  };
  return (
    <>
      <p>
        From then on {list.organisation?.name ?? "the organisation"} and all below without a list of their own pay by
        it. It takes the place of the list before it, and cannot be changed any more. Quotes that are open keep their
        price.
      </p>
      <BeginField
        label="Counts from"
        value={begin}
        error={refused}
        onChange={(next) => {
          setBegin(next);
          setRefused(undefined);
        }}
      />
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onDone}>
          Not now
        </Button>
        <Button loading={action.busy} onClick={() => action.run(go)}>
          Publish
        </Button>
      </DialogButtons>
    </>
  );
}
