import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { RetireCatalogueItemDocument } from "../gql/graphql.js";
import type { SoldItem } from "./SellingPage.js";

/** Takes something off sale for good, after a question. */
export function RetireItem({ item, onDone, onCancel }: { item: SoldItem; onDone(): void; onCancel(): void }) {
  const [retire] = useMutation(RetireCatalogueItemDocument);
  const action = useAction();
  const go = async () => {
    const answer = await retire({ variables: { input: { itemId: item.id } } });
    const result = answer.data?.retireCatalogueItem;
    if (!result) return NO_ANSWER;
    if (result.__typename !== "CatalogueItem") return result.message;
    onDone();
    return null;
  };
  return (
    <>
      <p>
        {item.kind === "SERVICE"
          ? "Nobody can subscribe to it any more. Subscriptions that run go on and renew. It does not come back."
          : "Nobody can order it any more. It does not come back."}
      </p>
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onCancel}>
          Not now
        </Button>
        <Button color="red.9" loading={action.busy} onClick={() => action.run(go)}>
          Retire it
        </Button>
      </DialogButtons>
    </>
  );
}
