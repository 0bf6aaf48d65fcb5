import { ConflictFault, type Tx } from "@tollgate/kit";
import type { Calculation } from "../prices/calculation.js";
import { type ChangeWish, planChange } from "./changing.js";
import { linesOfChange } from "./lines.js";
import { subscriptionById } from "./reading.js";

/** What a change would come to now, without making it. @throws as the change itself. */
export const previewChange = async (tx: Tx, wish: ChangeWish, at: Date): Promise<Calculation> => {
  const row = await subscriptionById(tx, wish.serviceSubscriptionId);
  if (row.endedAt === null && row.state === "ACTIVE" && row.dueAt <= at) {
    throw new ConflictFault("Its renewal is under way; try again in a minute.", row.id);
  }
  return linesOfChange(await planChange(tx, row, wish, at), at);
};
