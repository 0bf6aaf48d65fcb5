import { NotFoundFault, requireId } from "@tollgate/kit";
import type { OperationContext } from "@tollgate/kit/graphql";
import { shownTopUp, type TopUp } from "./topup.types.js";
import { topUpsById } from "./topup-list.js";

/** One top-up as the graph shows it. @throws NotFoundFault outside of the estate. */
export const topUpById = async (id: string, context: OperationContext): Promise<TopUp> => {
  requireId("top-up", id);
  const row = await context.loader(topUpsById).load(id);
  if (!row) throw new NotFoundFault("top-up", id);
  return shownTopUp(row);
};
