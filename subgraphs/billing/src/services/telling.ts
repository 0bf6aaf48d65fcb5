import { announce, type Tx } from "@tollgate/kit";
import type { ServiceSubscriptionChange } from "@tollgate/kit/protocol";
import { itemsById } from "../catalogue/reading.js";
import { wordsFor } from "./charging.js";
import type { ServiceSubscriptionRow } from "./service.schema.js";

/** Tells people how their subscription stands. @param news `amount` in words, where there is one. */
export const tellOf = async (
  tx: Tx,
  row: ServiceSubscriptionRow,
  news: Pick<ServiceSubscriptionChange, "change" | "until" | "amount" | "at">,
): Promise<void> => {
  const { id: serviceSubscriptionId, organisationId, itemId, quantity } = row;
  const item = (await itemsById(tx, [itemId])).get(itemId);
  const service = wordsFor(item?.name ?? "Service", quantity);
  await announce(tx, "serviceSubscription.changed", {
    aggregateId: serviceSubscriptionId,
    organisationId,
    payload: { serviceSubscriptionId, organisationId, service, ...news },
  });
};
