import { useMutation, useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useState } from "react";
import { useFormats, useMay } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { Dialog } from "../components/Dialog.js";
import { EmptyState } from "../components/EmptyState.js";
import { Panel } from "../components/Panel.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { NO_ANSWER } from "../components/use-action.js";
import { EndPromotionDocument, PromotionsDocument } from "../gql/graphql.js";
import { percentWords } from "./basis-points.js";
import { CreatePromotion } from "./CreatePromotion.js";
import { OfferEntry } from "./OfferEntry.js";
import classes from "./Prices.module.css";

/** What an organisation takes off for all below it. */
export function PromotionsView({ organisationId }: { organisationId: string }) {
  const { locale } = useFormats();
  const manages = useMay("promotion:manage");
  const [creating, setCreating] = useState(false);
  const { data, error, loading, refetch } = useQuery(PromotionsDocument, { variables: { organisationId } });
  const [endPromotion] = useMutation(EndPromotionDocument);
  const promotions = data?.promotions;
  const again = () => {
    refetch().catch(() => undefined); // told by the query's own error
  };
  const end = async (promotionId: string): Promise<string | null> => {
    const result = (await endPromotion({ variables: { input: { promotionId } } })).data?.endPromotion;
    if (!result) return NO_ANSWER;
    return result.__typename === "Promotion" ? null : result.message;
  };
  return (
    <Panel
      title="Promotions for those below"
      aside={
        manages && (
          <Button size="xs" onClick={() => setCreating(true)}>
            New promotion
          </Button>
        )
      }
    >
      <p className={classes.note}>
        A percentage off everything, for all organisations below. Those that hold at once are added up, to 50 % at most.
      </p>
      {promotions && promotions.length > 0 && (
        <ul className={classes.lists} aria-label="Promotions">
          {promotions.map((promotion) => (
            <OfferEntry
              key={promotion.id}
              name={promotion.name}
              detail={`${percentWords(promotion.basisPoints, locale)} off${
                promotion.organisation ? `, by ${promotion.organisation.name}` : ""
              }`}
              offer={promotion}
              consequence="From now on it takes nothing off any more. What was charged with it stays as it is."
              end={manages ? () => end(promotion.id) : null}
            />
          ))}
        </ul>
      )}
      {promotions?.length === 0 && (
        <EmptyState title="No promotions">Whoever sells to others can take something off for a while here.</EmptyState>
      )}
      {!promotions && loading && <Bones lines={3} height={40} label="the promotions" />}
      {!promotions && error && <TroubleNotice error={error} of="The promotions" onRetry={again} />}
      <Dialog title="New promotion" open={creating} onClose={() => setCreating(false)}>
        <CreatePromotion
          organisationId={organisationId}
          onCancel={() => setCreating(false)}
          onCreated={() => {
            setCreating(false);
            again();
          }}
        />
      </Dialog>
    </Panel>
  );
}
